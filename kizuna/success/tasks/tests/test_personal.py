"""Tasks about a person are withheld from their copy; an erasure takes their words out of tasks, history and questions."""

import pytest

from kizuna.base.registry import Person
from kizuna.base.registry.personal import described
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.tasks import actions, personal
from kizuna.success.tasks.models import Handover, Task, TaskChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(person) -> Person:
    return described(Person(contact_id=person.pk))


def test_tasks_about_a_person_are_kept_out_of_the_copy(make_task, person, whole):
    make_task("腰痛の件で見舞う", contact_id=person.pk)
    make_task("ほかの用件")
    assert [row["title"] for row in personal.tasks(person=whole)] == ["腰痛の件で見舞う"]
    assert personal.TASKS.disclosure == "withheld"


def test_an_erasure_blanks_tasks_about_the_person(make_task, person, whole, desk, sales, now):
    task = make_task("腰痛の件で見舞う", body="秋まで休む", contact_id=person.pk)
    actions.hand_over(viewer=desk, task=task, department=sales, ask="腰痛のため代わりを", now=now)
    first = actions.forget_person(person=whole, now=now)
    task.refresh_from_db()
    assert (task.title, task.body, task.state) == (customers.gone_words(), "", "handed")
    assert task.contact_id == person.pk, "the nameless person still counts"
    assert Handover.objects.get().ask == ""
    states = [(row.state["title"], row.state["body"]) for row in TaskChange.objects.all()]
    assert states == [("", "")] * 2
    touches = Touchpoint.objects.filter(source_type="task")
    assert set(touches.values_list("title", "search_text")) == {("", "")}
    again = actions.forget_person(person=whole, now=now)
    assert (first.kept, again.removed, again.kept) == (1, 0, 1)


def test_what_a_task_was_when_it_was_about_the_person_goes_as_well(make_task, person, whole, desk, now):
    task = make_task("腰痛の件で見舞う", contact_id=person.pk)
    actions.change_task(viewer=desk, task=task, fields={"title": "請求の確認", "contact_id": None}, now=now)
    actions.forget_person(person=whole, now=now)
    task.refresh_from_db()
    assert task.title == "請求の確認"
    assert [row.state["title"] for row in TaskChange.objects.order_by("pk")] == ["", "請求の確認"]


def test_an_erasure_covers_the_name_in_other_tasks_of_the_customer(make_task, whole, desk, sales, now):
    task = make_task("三浦香織さんの後任に連絡", body="三浦　香織さんは退職")
    actions.hand_over(viewer=desk, task=task, department=sales, ask="三浦 香織さんの後任は？", now=now)
    actions.forget_person(person=whole, now=now)
    task = Task.objects.get(pk=task.pk)
    assert (task.title, task.body) == ("■■■さんの後任に連絡", "■■■さんは退職")
    assert Handover.objects.get().ask == "■■■さんの後任は？"
    assert {row.state["title"] for row in TaskChange.objects.all()} == {"■■■さんの後任に連絡"}
