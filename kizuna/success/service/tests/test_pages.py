"""Pages, file and API of the board: who sees what, what is behind a number, and strange addresses."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kizuna.base.tables import read_table
from kizuna.core.community.models import ManagerAction
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.queries import counts_of
from kizuna.success.service import actions

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
ARRIVED = datetime(2026, 11, 24, 10, tzinfo=TOKYO)
NOVEMBER = "from=2026-11-01&to=2026-12-01"


@pytest.fixture
def ask(desk):
    def make(received_at=ARRIVED, **fields):
        said = {"title": "箱", "channel": "mail", "received_at": received_at, "body": "箱", **fields}
        inquiry = inbox.open_inquiry(viewer=desk, fields=said, now=received_at)
        actions.count_inquiry(inquiry_id=inquiry.pk)
        return inquiry

    return make


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_numbers_lead_to_their_inquiries(client_of, emi, ask):
    found = ask(title="在庫が減る")
    page = text_of(client_of(emi), f"/desk/service/?{NOVEMBER}")
    assert "まだ返していない" in page
    assert '<svg class="chart"' in page
    assert "効果" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.S)
    listed = text_of(client_of(emi), f"/desk/service/inquiries/?{NOVEMBER}&part=unanswered")
    assert f"/desk/inquiries/{found.pk}/" in listed
    assert f"/desk/inquiries/{found.pk}/" not in text_of(
        client_of(emi), f"/desk/service/inquiries/?{NOVEMBER}&part=answered"
    )


def test_in_english(client_of, emi, ask):
    ask()
    emi.language = "en"
    emi.save()
    page = text_of(client_of(emi), f"/desk/service/?{NOVEMBER}")
    assert "First answer of a person" in page
    assert "n/a: none yet" in page


def test_the_inbox_leads_here(client_of, emi):
    assert 'href="/desk/service/"' in text_of(client_of(emi), "/desk/inquiries/")


def test_the_backlog_agrees_with_the_queue(client_of, emi, desk, ask):
    ask()
    ask(owner_id=emi.pk)
    now = timezone.now()
    context = client_of(emi).get("/desk/service/").context
    assert context["backlog"]["found"].count == counts_of(desk, now=now, until=now + timedelta(days=1)).open == 2


def test_figures_of_colleagues_are_for_managers_and_each_sees_their_own(client_of, emi, ken, aoi, ask):
    ask(owner_id=emi.pk)
    ask(owner_id=aoi.pk)
    names = {
        one: [row["name"] for row in client_of(one).get(f"/desk/service/?{NOVEMBER}").context["people"]]
        for one in (emi, ken, aoi)
    }
    assert names == {emi: [emi.name], ken: [], aoi: names[aoi]}
    assert set(names[aoi]) == {emi.name, aoi.name}
    # Asked for by number, a colleague's are not narrowed to: the answer is that of everybody.
    assert client_of(emi).get(f"/desk/service/?{NOVEMBER}&owner={aoi.pk}").context["arrived"] == 2
    assert client_of(emi).get(f"/desk/service/?{NOVEMBER}&owner=me").context["arrived"] == 1
    assert client_of(aoi).get(f"/desk/service/?{NOVEMBER}&owner={emi.pk}").context["arrived"] == 1


def test_members_find_nothing(client_of, chie, ben):
    for member in (chie, ben):
        for address in ("/desk/service/", "/desk/service/inquiries/", "/desk/service/export/"):
            assert client_of(member).get(address).status_code == 404


@pytest.mark.parametrize("asked", [
    "from=2026-13-01&to=x", "from=2026-12-01&to=2026-11-01", "from=0001-01-01&to=9999-12-31", "preset=%00", "owner=-1",
    "owner=99999999999999999999", "department=9223372036854775808", "channel=%F0%9F%A6%8A", "category=%00", "repeat=0",
    "department=%D9%A3", "category=" + "a" * 5000,
])  # fmt: skip
def test_strange_addresses_are_answered(client_of, aoi, ask, asked):
    ask()
    for address in ("/desk/service/", "/desk/service/inquiries/", "/desk/service/export/"):
        assert client_of(aoi).get(f"{address}?{asked}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "is_refused"),
    [
        ("from=2026-11-30&to=2026-11-01", True), ("from=abc", True), ("to=9999-12-31", True),
        ("from=2026-11-01&to=2026-11-15", False), ("preset=week", False), ("", False),
    ],
)  # fmt: skip
def test_days_that_cannot_be_shown_are_said(client_of, emi, asked, is_refused):
    page = client_of(emi).get(f"/desk/service/?{asked}").content.decode()
    assert ("この期間は表示できません" in page) == is_refused


def test_strange_parts_and_cursors_are_not_there(client_of, emi):
    for asked in ("part=nothing", "after=x", "after=WyJ4IiwgMV0", "after=WzEsIDFd"):
        assert client_of(emi).get(f"/desk/service/inquiries/?{asked}").status_code == 404


def test_the_list_has_pages(client_of, emi, ask):
    for _number in range(51):
        ask()
    client = client_of(emi)
    first = client.get(f"/desk/service/inquiries/?{NOVEMBER}").context
    second = client.get(f"/desk/service/inquiries/{first['next_url']}").context
    assert (len(first["rows"]), len(second["rows"]), second["next_url"]) == (50, 1, "")
    assert not {row["pk"] for row in first["rows"]} & {row["pk"] for row in second["rows"]}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_has_one_row_per_inquiry_runs_nothing_and_is_noted(client_of, emi, aoi, ask, form, tmp_path):
    ask(title="=1+1", owner_id=emi.pk)
    ask(title="二つ目", owner_id=aoi.pk)
    answer = client_of(emi).get(f"/desk/service/export/?{NOVEMBER}&format={form}")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    path = tmp_path / f"a.{form}"
    path.write_bytes(BytesIO(body).getvalue())
    if form == "csv":
        assert b",'=1+1," in body
    table = read_table(path)
    rows = [dict(zip(table.headers, row.cells, strict=True)) for row in table.rows]
    assert [row["title"].lstrip("'") for row in rows] == ["=1+1", "二つ目"]
    assert [row["owner"] for row in rows] == [emi.name, ""]  # a colleague's name only for managers
    noted = ManagerAction.objects.get(action="service.exported")
    assert noted.member_id == emi.pk


def test_programs_get_the_same_numbers(api, emi, chie, ask):
    ask()
    answer = api(emi)("GET", f"/service?{NOVEMBER}").json()
    assert (answer["since"], answer["until"], answer["counts"]["unanswered"]) == ("2026-11-01", "2026-12-01", 1)
    assert answer["first_response_minutes"] == {"n": 0, "median": None, "p90": None}
    assert answer["arrivals_by_day"] == [{"day": "2026-11-24", "inside": 1, "outside": 0}]
    rows = api(emi)("GET", f"/service/inquiries?{NOVEMBER}&part=unanswered&count=true&limit=1").json()
    assert (rows["count"], rows["next"], rows["items"][0]["hour"]) == (1, None, 10)
    assert api(chie)("GET", "/service").status_code == 404
    assert api(emi)("GET", "/service/inquiries?after=WyJ4IiwgMV0").status_code == 422
    assert api(emi)("GET", "/service?from=99999999999999").status_code == 422
