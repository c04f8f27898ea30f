"""Tables of inquiries from another help desk."""

from datetime import UTC, datetime

import pytest

from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db
TABLE = """チケット番号,件名,内容,ステータス,優先度,受付方法,顧客コード,メールアドレス,担当,受付日時,完了日時
T-1,のしの設定,のしが出ません,完了,高,メール,K-1,miura@aonami.co.jp,emi@example.com,2026/10/1 10:00,2026/10/2 12:30
T-2,送料,,新規,,電話,,miura@aonami.co.jp,誰か,2026-10-03T09:00:00+09:00,
T-3,だれか,,,,,,,,令和8年10月4日,
"""


@pytest.fixture
def firm(emi, now):
    viewer = viewer_of(emi)
    account = customers.create_account(viewer=viewer, fields={"name": "青波堂", "external_id": "K-1"}, now=now)
    fields = {"name": "三浦", "email": "miura@aonami.co.jp"}
    return account, customers.add_contact(viewer=viewer, account=account, fields=fields, now=now)


def test_inquiries_come_in_once_and_stand_on_the_timeline(imported, firm, emi):
    account, contact = firm
    run = imported("tickets", TABLE)
    assert run.counts == {"new": 3}
    first, second, third = Inquiry.objects.order_by("external_id")
    assert (first.state, first.priority, first.channel, first.owner_id) == ("closed", "high", "mail", emi.pk)
    assert first.received_at == datetime(2026, 10, 1, 1, tzinfo=UTC)
    assert first.closed_at == datetime(2026, 10, 2, 3, 30, tzinfo=UTC)
    assert (second.account_id, second.contact_id, second.owner_id) == (account.pk, contact.pk, None)
    assert (third.account_id, third.state) == (None, "open")
    assert first.messages.get().body == "のしが出ません"
    assert Touchpoint.objects.filter(account=account, channel="inquiry").count() == 2
    assert imported("tickets", TABLE).counts == {"unchanged": 3}


def test_a_later_export_closes_what_was_open_and_undo_opens_it_again(imported, undone, firm):
    imported("tickets", TABLE)
    later = "チケット番号,件名,ステータス,受付日時,完了日時\nT-2,送料,完了,2026-10-03 09:00,2026-10-05 18:00\n"
    run = imported("tickets", later)
    assert run.counts == {"changed": 1}
    assert Inquiry.objects.get(external_id="T-2").state == "closed"
    undone(run)
    second = Inquiry.objects.get(external_id="T-2")
    assert (second.state, second.closed_at) == ("open", None)


def test_undo_leaves_what_somebody_worked_on(imported, undone, firm, emi, now):
    run = imported("tickets", TABLE)
    second = Inquiry.objects.get(external_id="T-2")
    actions.change_inquiry(viewer=viewer_of(emi), inquiry=second, fields={"priority": "urgent"}, now=now)
    run = undone(run)
    assert run.undo_counts == {"back": 2, "kept": 1}
    assert Inquiry.objects.get() == second
    assert Touchpoint.objects.filter(channel="inquiry").count() == 1


def test_bad_times_and_double_numbers_are_said(imported, firm):
    run = imported("tickets", TABLE + "T-4,x,,完了,,,,,,2026/10/5,2026/10/4\nT-1,x,,,,,,,,2026/10/5,\n")
    assert run.counts == {"new": 3, "bad": 2}


def test_the_desk_lists_and_shows_them_and_changes_them(imported, firm, client_of, emi, chie):
    imported("tickets", TABLE.replace("のしの設定", "=のしの設定"))
    desk, first = client_of(emi), Inquiry.objects.get(external_id="T-1")
    page = desk.get("/desk/inquiries/table/?view=closed").content.decode()
    assert "=のしの設定" in page
    assert "送料" not in page
    assert "のしが出ません" in desk.get(f"/desk/inquiries/{first.pk}/").content.decode()
    assert first.closed_because == "elsewhere"
    desk.post(f"/desk/inquiries/{first.pk}/closure/", {"reopen": "1"})
    desk.post(f"/desk/inquiries/{first.pk}/priority/", {"priority": "low"})
    first.refresh_from_db()
    assert (first.state, first.priority, first.closed_at) == ("open", "low", None)
    out = b"".join(desk.get("/desk/inquiries/csv/?view=closed").streaming_content).decode()
    out += b"".join(desk.get("/desk/inquiries/csv/").streaming_content).decode()
    assert "'=のしの設定" in out
    assert client_of(chie).get(f"/desk/inquiries/{first.pk}/").status_code == 404


def test_what_a_row_is_joined_to_is_said_by_name(rehearsed, firm, client_of, emi):
    run = rehearsed("tickets", f"チケット番号,件名,受付日,顧客コード,担当者\nT-1,送料,2026/4/1,K-1,{emi.name}\n")
    page = client_of(emi).get(f"/desk/imports/{run.pk}/?rows=new").content.decode()
    assert "青波堂" in page
    assert "account_id" not in page
