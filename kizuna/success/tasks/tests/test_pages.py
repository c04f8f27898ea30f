"""The pages of tasks: made, handed, answered and closed by forms, and shown where they matter."""

import pytest
from django.utils import timezone

from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.tasks.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, emi):
    return client_of(emi)


def text_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("address", ["/desk/tasks/", "/desk/tasks/new/?account=1", "/desk/tasks/1/"])
def test_it_is_for_the_desk_alone(client_of, task, chie, ben, address):
    assert client_of().get(address).status_code == 302
    for member in (chie, ben):
        assert client_of(member).get(address).status_code == 404


def test_a_task_is_made_from_the_page_of_a_customer(client, account, emi):
    shown = text_of(client, f"/desk/customers/{account.pk}/")
    assert f"/desk/tasks/new/?account={account.pk}" in shown
    form = {"title": "ふり返り会を設定", "owner": emi.pk, "due_on": "2026-12-04", "body": "", "contact": ""}
    made = client.post(f"/desk/tasks/new/?account={account.pk}", form)
    assert made.status_code == 302
    assert "ふり返り会を設定" in text_of(client, f"/desk/customers/{account.pk}/")
    assert "がタスクを作成" in text_of(client, f"/desk/customers/{account.pk}/timeline/?channel=task")


def test_a_refused_form_keeps_what_was_typed(client, account):
    refused = client.post(f"/desk/tasks/new/?account={account.pk}", {"title": "", "body": "くわしい話"})
    assert refused.status_code == 422
    assert "くわしい話" in refused.content.decode()


def test_a_task_is_handed_over_answered_and_finished_by_forms(client, client_of, ken, account, task, sales):
    page = f"/desk/tasks/{task.pk}/"
    client.post(f"{page}handover/", {"department": sales.pk, "ask": "価格を教えてください"})
    assert "営業に依頼中" in text_of(client, page)
    assert "営業に依頼中" in text_of(client, f"/desk/customers/{account.pk}/")
    analyst = client_of(ken)
    assert "回答して担当に戻す" in text_of(analyst, page)
    assert "依頼を取り下げる" not in text_of(analyst, page)
    assert "あなたの部署への依頼" in text_of(analyst, "/desk/")
    assert analyst.post(f"{page}answer/", {"answer": " "}).status_code == 422
    analyst.post(f"{page}answer/", {"answer": "月額1万円です"})
    assert "営業から回答あり" in text_of(client, page)
    assert "月額1万円です" in text_of(client, "/desk/")
    done = client.post(f"{page}closure/", {"do": "done", "back": f"/desk/customers/{account.pk}/"})
    assert done["Location"] == f"/desk/customers/{account.pk}/"
    assert Task.objects.get().state == "done"


@pytest.mark.parametrize("back", ["https://evil.example/desk/", "//evil.example/desk/", "/signout/", "desk/"])
def test_the_way_back_stays_on_the_desk(client, task, back):
    answer = client.post(f"/desk/tasks/{task.pk}/closure/", {"do": "done", "back": back})
    assert answer["Location"] == f"/desk/tasks/{task.pk}/"


def test_what_is_late_or_due_soon_needs_me(client, make_task):
    make_task("すぐの件", due_on=local_day(timezone.now()))
    make_task("先の件", due_on=local_day(timezone.now()).replace(year=timezone.now().year + 1))
    shown = text_of(client, "/desk/")
    assert "すぐの件" in shown
    assert "先の件" not in shown


def test_one_task_for_each_of_several_customers(client, account, make_account, emi):
    ids = [account.pk, make_account("株式会社こだま").pk]
    assert "/desk/tasks/many/" in text_of(client, "/desk/customers/")
    assert "2件の顧客それぞれに" in client.post("/desk/tasks/many/", {"id": ids}).content.decode()
    assert not Task.objects.exists()
    client.post("/desk/tasks/many/", {"id": ids, "title": "年末の休業を知らせる", "owner": emi.pk})
    assert sorted(Task.objects.values_list("account_id", flat=True)) == sorted(ids)
    assert client.post("/desk/tasks/many/", {"id": ["x", "999999"]}).status_code == 302


def test_the_list_says_where_tasks_lie_and_costs_a_fixed_number_of_queries(
    client, make_task, sales, desk, now, django_assert_max_num_queries
):
    from kizuna.success.tasks import actions

    for number in range(12):
        task = make_task(f"第{number}の件")
        if number % 2:
            actions.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
    shown = text_of(client, "/desk/tasks/?state=handed")
    assert "第1の件" in shown
    assert "第2の件" not in shown
    with django_assert_max_num_queries(12):
        client.get("/desk/tasks/")


@pytest.mark.parametrize("query", ["after=zzz", "owner=99999999999999999999", "state=x&department=%00", "account=abc"])
def test_an_address_that_makes_no_sense_breaks_nothing(client, query):
    assert client.get(f"/desk/tasks/?{query}").status_code in (200, 404)


def test_departments_are_named_by_managers(client, client_of, aoi, emi):
    assert client.get("/desk/tasks/departments/").status_code == 404
    owner = client_of(aoi)
    assert "開発" in text_of(owner, "/desk/tasks/departments/")
    owner.post("/desk/tasks/departments/new/", {"name_ja": "法務", "name_en": "Legal", "members": [emi.pk]})
    assert "法務" in text_of(owner, "/desk/tasks/departments/")
    assert "Legal" in text_of(owner, "/desk/tasks/departments/?lang=en")


def test_it_is_written_in_english_too(client, task):
    assert "Hand over to another department" in text_of(client, f"/desk/tasks/{task.pk}/?lang=en")
