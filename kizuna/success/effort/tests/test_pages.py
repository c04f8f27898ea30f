"""Pages and API of hours: who gets in, nothing typed is lost, files carry no formula."""

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions as members
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort.models import Effort, EffortTimer
from kizuna.success.effort.queries.weeks import monday_of
from kizuna.success.effort.tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
WEEK = f"/desk/effort/?week={MONDAY}"


@pytest.fixture
def client(client_of, emi):
    return client_of(emi)


def test_hours_are_there_for_the_team_only(client_of, chie, ben, emi, aoi):
    for address in ("/desk/effort/", "/desk/effort/rows/", "/desk/effort/new/"):
        assert client_of(chie).get(address).status_code == 404
        assert {client_of(one).get(address).status_code for one in (ben, emi, aoi)} == {200}
    assert [client_of(one).get("/desk/effort/team/").status_code for one in (chie, ben, emi, aoi)] == [
        404,
        404,
        200,
        200,
    ]
    assert client_of(emi).get("/desk/effort/functions/").status_code == 403


def test_the_week_is_filled_in_and_shown(client, function, noted):
    noted(15, note="下調べ")
    name = f"{function().pk}..|{MONDAY}"
    answer = client.post(WEEK, {"was": "", name: "1:30", f"{function('support').pk}..|{MONDAY}": "45分"})
    assert answer.status_code == 302
    page = client.get(WEEK).content.decode()
    assert 'value="1:30"' in page
    assert "+0:15" in page
    assert "2.5時間" in page


@pytest.mark.parametrize("text", ["abc", "25:00", "-1", "<b>x", "9999"])
def test_a_field_that_is_no_length_comes_back_with_what_was_typed(client, function, text):
    answer = client.post(
        WEEK, {"was": "", f"{function().pk}..|{MONDAY}": text, f"{function('support').pk}..|{MONDAY}": "1"}
    )
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert escape(text) in answer.content.decode()
    assert not Effort.objects.exists()


@pytest.mark.parametrize(
    "name", ["1..|2026-13-45", "x..|2026-11-16", f"{'9' * 18}..|{MONDAY}", "1.<x>.|2026-11-16", "1..9|zz"]
)
def test_fields_that_nobody_drew_break_nothing(client, name):
    assert client.post(WEEK, {"was": "a=b;=;;c", name: "1"}).status_code in (302, 422)
    assert not Effort.objects.exists()


@pytest.mark.parametrize(
    "query", ["week=abc", "week=9999-99-99", "week=0001-01-01", "timer-function=9&timer-account=%00", "lines=last"]
)
def test_an_address_that_makes_no_sense_shows_a_week(client, query):
    assert client.get(f"/desk/effort/?{query}").status_code == 200


def test_the_timer_is_started_seen_and_stopped_without_scripts(client, function, account):
    data = {"timer-function": function().pk, "timer-touch": "high", "timer-account": "C-1", "timer-note": "電話"}
    client.post("/desk/effort/timer/", data)
    assert EffortTimer.objects.get().account == account
    assert "止めて記録" in client.get("/desk/effort/").content.decode()
    EffortTimer.objects.update(started_at=timezone.now() - timedelta(minutes=20))
    said = client.post("/desk/effort/timer/stopping/", follow=True).content.decode()
    assert "20分を記録しました" in said
    assert sum(Effort.objects.values_list("minutes", flat=True)) == 20


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1分"), (25, "25分"), (60, "1時間"), (85, "1時間25分"), (600, "10時間")]
)
def test_one_piece_of_work_is_told_to_the_minute(client, function, account, minutes, words):
    day = local_day(timezone.now())
    data = {"day": day, "minutes": f"{minutes}分", "function": function().pk, "touch": "", "account": "C-1", "note": ""}
    assert client.post("/desk/effort/new/", data).status_code == 302
    page = client.get(f"/desk/customers/{account.pk}/timeline/").content.decode()
    assert f'">{words}</a>' in page.split("作業時間を記録しました: ")[1][:80]


def test_a_forgotten_timer_asks_on_its_page(client, function):
    client.post("/desk/effort/timer/", {"timer-function": function().pk})
    EffortTimer.objects.update(started_at=timezone.now() - timedelta(hours=20))
    assert client.post("/desk/effort/timer/stopping/")["Location"] == "/desk/effort/timer/settling/"
    assert "止め忘れ" in client.get("/desk/effort/timer/settling/").content.decode()
    assert client.post("/desk/effort/timer/settling/", {"minutes": "たくさん"}).status_code == 422
    client.post("/desk/effort/timer/settling/", {"minutes": "1:10"})
    assert Effort.objects.get().minutes == 70
    assert client.get("/desk/effort/timer/settling/").status_code == 302


def test_a_row_is_noted_changed_and_removed(client, function, account, person):
    day = local_day(timezone.now())
    data = {"day": day, "minutes": "1.5", "function": function().pk, "touch": "", "account": "C-1", "note": "訪問"}
    assert client.post("/desk/effort/new/", data).status_code == 302
    effort = Effort.objects.get()
    assert (
        f'<option value="{person.pk}">三浦 香織</option>' in client.get(f"/desk/effort/{effort.pk}/").content.decode()
    )
    client.post(f"/desk/effort/{effort.pk}/", {**data, "minutes": "20分", "contact": person.pk})
    effort.refresh_from_db()
    assert (effort.minutes, effort.contact) == (20, person)
    assert client.post("/desk/effort/new/", {**data, "account": "#nothing"}).status_code == 422
    client.post(f"/desk/effort/{effort.pk}/removal/")
    assert client.get(f"/desk/effort/{effort.pk}/").status_code == 404


def test_the_customers_page_says_its_hours_and_leads_to_the_same_rows(
    client_of, emi, rin, noted, account, desk, viewer_of
):
    today = local_day(timezone.now())
    for viewer, minutes in ((desk, 150), (viewer_of(rin), 120)):
        noted(minutes, viewer=viewer, account_id=account.pk, day=today, at=timezone.now())
    client = client_of(emi)
    page = client.get(f"/desk/customers/{account.pk}/").content.decode()
    assert "この30日の工数" in page
    assert "4.5時間" in page
    assert "作業時間を記録しました" in page
    assert "4.5時間" in client.get(f"/desk/effort/rows/?account={account.pk}").content.decode()
    team = client.get("/desk/effort/team/").content.decode()
    assert "4.5時間" in team
    assert "青波堂" in team


def test_files_carry_no_formula_and_are_noted(client, noted):
    noted(90, note='=HYPERLINK("http://x")')
    answer = client.get(f"/desk/effort/rows/file/?from={MONDAY}&to={MONDAY}")
    assert answer.content.decode("utf-8-sig").splitlines()[1].split(",")[:2] == [str(MONDAY), "90"]
    assert "'=HYPERLINK" in answer.content.decode("utf-8-sig")
    book = zipfile.ZipFile(BytesIO(client.get(f"/desk/effort/rows/file/?from={MONDAY}&format=xlsx").content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>90</v>" in sheet
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet
    assert ManagerAction.objects.filter(action="effort.exported").count() == 2


def test_weeks_are_closed_and_opened_on_the_teams_page(client_of, aoi, emi):
    week = monday_of(local_day(timezone.now())) - timedelta(days=7)
    client = client_of(aoi)
    client.post("/desk/effort/team/closing/", {"week": week})
    assert "締め済み" in client.get("/desk/effort/team/").content.decode()
    client.post("/desk/effort/team/reopening/", {"week": week, "reason": "もれ"})
    assert "もれ" in client.get("/desk/effort/team/").content.decode()
    client.post("/desk/effort/team/closing/", {"week": "x"})
    assert client_of(emi).post("/desk/effort/team/closing/", {"week": week}).status_code == 403


@pytest.fixture
def api(db):
    def make(member):
        viewer = members.system_viewer()
        _row, secret = members.make_token(viewer=viewer, member=member, scopes=(), now=timezone.now())

        def call(method, path, body=None):
            text = json.dumps(body) if body is not None else ""
            headers = {"Authorization": f"Bearer {secret}"}
            client = Client(raise_request_exception=False)
            return client.generic(method, f"/api/v1{path}", text, content_type="application/json", headers=headers)

        return call

    return make


def test_the_api_notes_reads_changes_and_removes_ones_own(api, emi, rin, account):
    day = local_day(timezone.now()).isoformat()
    call = api(emi)
    made = call("POST", "/effort", {"day": day, "minutes": 25, "function": "support", "account_id": account.pk})
    assert made.status_code == 201
    row = made.json()
    assert (row["how"], row["member"], row["function"]) == ("manual", "emi", "support")
    assert call("PATCH", f"/effort/{row['id']}", {"minutes": 30}).json()["minutes"] == 30
    assert call("GET", f"/effort?from={day}&account={account.pk}&count=true").json()["count"] == 1
    assert call("GET", f"/effort?to={day}&count=true").json()["count"] == 0
    assert api(rin)("PATCH", f"/effort/{row['id']}", {"minutes": 1}).status_code == 403
    assert api(rin)("DELETE", f"/effort/{row['id']}").status_code == 403
    assert call("DELETE", f"/effort/{row['id']}").status_code == 204
    assert call("GET", f"/effort/{row['id']}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": 0}, {"minutes": 10**12}, {"minutes": "x"}, {"function": "nothing"}, {"touch": "x"}, {"account_id": 2**70},
        {"account_id": -1}, {"day": "2999-01-01"}, {"day": "x"}, {"contact_id": 5}, {"note": "x" * 500},
    ],
)  # fmt: skip
def test_the_api_says_what_is_wrong(api, emi, change):
    sent = {"day": local_day(timezone.now()).isoformat(), "minutes": 25, **change}
    answer = api(emi)("POST", "/effort", sent)
    assert answer.status_code in (403, 422)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not Effort.objects.exists()


def test_members_find_no_hours_in_the_api(api, chie):
    assert api(chie)("GET", "/effort").status_code == 404
    assert api(chie)("POST", "/effort", {"day": str(date(2026, 1, 1)), "minutes": 1}).status_code == 404
