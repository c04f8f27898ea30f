"""The form of a task that was opened before somebody else changed it."""

import pytest

from kizuna.success.customers.tests.test_opened import again, opened, other  # noqa: F401
from kizuna.success.tasks import actions

pytestmark = pytest.mark.django_db


def test_a_task(opened, task, other, aoi, now):  # noqa: F811
    _sent, send = opened(f"/desk/tasks/{task.pk}/edit/")
    actions.change_task(viewer=other, task=task, fields={"title": "資料を郵送する"}, now=now)
    response = send(title="資料を届ける", body="手渡しで")
    page = response.content.decode()
    assert response.status_code == 409
    assert aoi.name in page
    assert "資料を郵送する" in page
    task.refresh_from_db()
    assert task.title == "資料を郵送する"
    kept = again(response)
    assert [send(**kept).status_code for _twice in range(2)] == [302, 302]
    task.refresh_from_db()
    assert (task.title, task.body) == ("資料を届ける", "手渡しで")


def test_a_task_whose_due_day_was_told_meanwhile_is_the_same(opened, task, now):  # noqa: F811
    _sent, send = opened(f"/desk/tasks/{task.pk}/edit/")
    assert actions.tell_due(today=task.due_on, now=now, limit=10) == 1
    assert send(title="資料を届ける").status_code == 302
