"""A copy holds everything about a person, says what it leaves out, and is for nobody else."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.community import actions as community
from kizuna.core.members.policies import Refused
from kizuna.core.members.settings import DISCLOSURE
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonCopy
from kizuna.core.privacy.queries.copies import file_of, link_key
from kizuna.core.privacy.tests.conftest import MARK, work
from kizuna.core.search.models import Search
from kizuna.success.customers import actions as customers

pytestmark = pytest.mark.django_db


def bundle_of(copy: PersonCopy) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(file_of(copy).read_bytes()))


@pytest.fixture
def copy(traces, viewer_of) -> PersonCopy:
    made = actions.ask_for_copy(viewer=viewer_of(traces.member), member_id=traces.member.pk, now=timezone.now())
    work()
    made.refresh_from_db()
    return made


def test_it_holds_member_contact_searches_and_the_lake(copy):
    bundle = bundle_of(copy)
    assert bundle.testzip() is None
    contact = json.loads(bundle.read("data/customers.contact.json"))
    assert contact[0]["phone"] == "03-1234-5678"
    assert json.loads(bundle.read("data/members.profile.json"))[0]["bio"] == MARK
    assert [row["text"] for row in json.loads(bundle.read("data/search.searches.json"))] == [MARK]
    events = json.loads(bundle.read("data/usage.events.json"))
    assert len(events) == 3
    assert "u-other" not in str(events)
    assert bundle.read("tables/usage.events.csv").decode("utf-8-sig").count("\n") == 4


def test_what_the_team_may_withhold_is_left_out_and_said(copy):
    bundle = bundle_of(copy)
    assert "data/customers.internal_notes.json" not in bundle.namelist()
    assert "チームのメモ" in bundle.read("index.html").decode()
    assert not any(name.startswith("files/customers") for name in bundle.namelist())


def test_no_judgement_of_the_team_is_in_a_members_own_copy(traces, emi, viewer_of):
    desk = viewer_of(emi)
    customers.change_account(viewer=desk, account=traces.account, fields={"fit_reason": "zqjudged"}, now=timezone.now())
    customers.define_success(viewer=desk, account=traces.account, fields={"goal": "zqjudged"}, now=timezone.now())
    customers.write_note(
        viewer=desk,
        account=traces.account,
        contact=traces.contact,
        body="zqjudged",
        is_internal=True,
        now=timezone.now(),
    )
    made = actions.ask_for_copy(viewer=viewer_of(traces.member), member_id=traces.member.pk, now=timezone.now())
    work()
    bundle = bundle_of(made)
    for name in bundle.namelist():
        assert b"zqjudged" not in bundle.read(name), name
        assert b"recommends" not in bundle.read(name), name


def test_a_manager_decides_what_is_withheld(traces, viewer_of, aoi):
    community.change_setting(
        DISCLOSURE, value={"customers.internal_notes": "given", "search.searches": "withheld"}, member_id=aoi.pk
    )
    made = actions.ask_for_copy(viewer=viewer_of(aoi), contact_id=traces.contact.pk, now=timezone.now())
    work()
    names = bundle_of(made).namelist()
    assert "data/customers.internal_notes.json" in names
    assert "data/search.searches.json" not in names


def test_a_spreadsheet_runs_nothing(traces, viewer_of):
    Search.objects.update(text="=cmd|' /C calc'!A0")
    made = actions.ask_for_copy(viewer=viewer_of(traces.member), member_id=traces.member.pk, now=timezone.now())
    work()
    assert "'=cmd" in bundle_of(made).read("tables/search.searches.csv").decode("utf-8-sig")


def test_nobody_else_asks_for_it_or_takes_it(copy, traces, chie, emi, viewer_of, client_of):
    for person in (chie, emi):
        with pytest.raises(Refused):
            actions.ask_for_copy(viewer=viewer_of(person), member_id=traces.member.pk, now=timezone.now())
        assert client_of(person).get(f"/account/copies/{copy.pk}/").status_code == 404
    with pytest.raises(Refused):
        actions.ask_for_copy(
            viewer=viewer_of(chie), member_id=chie.pk, contact_id=traces.contact.pk, now=timezone.now()
        )


def test_its_owner_takes_it_from_their_own_page(copy, traces, client_of):
    client = client_of(traces.member)
    assert f"/account/copies/{copy.pk}/" in client.get("/account/copies/").content.decode()
    response = client.get(f"/account/copies/{copy.pk}/")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content)[:2] == b"PK"


def test_the_link_opens_it_until_it_expires_and_no_guess_does(copy, client_of, time_machine_at):
    client, address = client_of(), f"/copies/{copy.pk}/"
    assert client.get(f"{address}{link_key(copy)}/").status_code == 200
    assert client.get(f"{address}{'0' * 32}/").status_code == 404
    with time_machine_at(timezone.now() + timedelta(days=8)):
        assert client.get(f"{address}{link_key(copy)}/").status_code == 404


def test_it_is_removed_when_its_time_is_over(copy):
    assert actions.expire_copies(now=timezone.now() + timedelta(days=6)) == 0
    assert actions.expire_copies(now=timezone.now() + timedelta(days=8)) == 1
    assert not file_of(copy).exists()


def test_an_erasure_removes_the_copies(copy, traces, aoi, viewer_of):
    actions.erase_person(viewer=viewer_of(aoi), member_id=traces.member.pk, now=timezone.now())
    work()
    assert not file_of(copy).exists()
