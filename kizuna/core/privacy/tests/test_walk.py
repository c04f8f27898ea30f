"""Somebody known to every app is erased: no column of any table and no file holds a word of theirs, but for what is listed."""

import gzip
import io
import shutil
from collections import defaultdict
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members.queries import viewer_of as as_viewer
from kizuna.core.members.viewer import MEMBERS
from kizuna.core.privacy import actions
from kizuna.core.privacy.tests.conftest import MARK, NAME, work
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.referrals import actions as referrals
from kizuna.engagement.surveys import actions as surveys
from kizuna.engagement.testimonials import actions as testimonials
from kizuna.interfaces.integrations.bundles import rows
from kizuna.success.customers import actions as customers
from kizuna.success.effort import actions as effort
from kizuna.success.effort.models import EffortFunction, EffortTimer
from kizuna.success.encounters import actions as encounters
from kizuna.success.imports import actions as imports
from kizuna.success.imports import running, storing
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import InquiryMessage
from kizuna.success.tasks import actions as tasks
from kizuna.success.tasks.models import Department

pytestmark = pytest.mark.django_db
WORDS = (MARK, NAME, "三浦", "ミウラ", "1234-5678")
# Columns in which a word of an erased person may stay, with the reason. Empty: nothing may.
MAY_STAY: dict[str, str] = {}
PLANTED = {
    "encounters.Encounter", "encounters.EncounterVersion", "tasks.Task", "tasks.TaskChange", "tasks.Handover",
    "inbox.Inquiry", "inbox.InquiryMessage", "effort.Effort", "effort.EffortTimer", "surveys.Response",
    "referrals.ReferralChange", "testimonials.Testimonial", "imports.ImportRun", "imports.ImportedRow",
    "imports.ImportSample", "customers.Touchpoint", "customers.Note", "customers.Contact", "members.Member",
    "community.ManagerAction", "search.Search", "notifications.OutgoingMail", "discussions.Topic", "discussions.Post",
}  # fmt: skip


def found() -> dict[str, list[str]]:
    """Return each column ("inbox.Inquiry.title") that holds one of the words, with what it holds."""
    places = defaultdict(list)
    for model in rows.tables():
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*columns):
            for column, value in zip(columns, row, strict=True):
                if any(word in str(value) for word in WORDS):
                    places[f"{model._meta.label}.{column}"].append(str(value)[:200])
    return dict(places)


def found_in_files(folder) -> list[str]:
    """Return the files below the community's folder that hold one of the words."""
    places = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "sqlite3" not in path.name):
        raw = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
        if any(word.encode() in raw for word in WORDS) or any(word.encode() in path.name.encode() for word in WORDS):
            places.append(str(path.relative_to(folder)))
    return places


@pytest.fixture
def empty_folders(sakura):
    """Take away the files of other tests: their rows are gone, and nothing leads to them any more."""
    for name in ("media", "imports"):
        shutil.rmtree(sakura.folder / name, ignore_errors=True)


@pytest.fixture
def known(empty_folders, traces, emi, chie, ben, aoi, viewer_of, client_of, now):
    """Return the person after every app has written something about them."""
    desk, contact, account = viewer_of(emi), traces.contact, traces.account
    call = {"kind": "call", "at": now - timedelta(hours=2), "contact_ids": [contact.pk]}
    said = encounters.log_encounter(viewer=desk, account=account, fields={**call, "title": MARK, "body": MARK}, now=now)
    encounters.edit_encounter(viewer=desk, encounter=said, fields={**call, "title": MARK, "body": "x"}, now=now)
    alone = {"kind": "meeting", "at": now - timedelta(hours=1), "title": f"{NAME}さんについて"}
    encounters.log_encounter(viewer=desk, account=account, fields=alone, now=now)
    _give_tasks(desk, account, contact, now)
    _ask(desk, account, contact, now)
    plant = {"account_id": account.pk, "contact_id": contact.pk, "note": MARK}
    function = EffortFunction.objects.get(slug="success")
    spent = effort.Work(day=now.date() - timedelta(days=1), minutes=30, function_id=function.pk, **plant)
    effort.note_effort(viewer=desk, work=spent, now=now)
    EffortTimer.objects.create(member=emi, started_at=now, function=function, **plant)
    survey = surveys.make_survey(viewer=desk, title="秋のNPS", now=now)
    answer = {"score": 9, "comment": MARK, "external_id": MARK, "contact_id": contact.pk, "answered_at": now}
    surveys.note_response(viewer=desk, survey=survey, fields=answer, now=now)
    referrals.set_referrer(viewer=desk, member=traces.member, referrer=chie, reason=MARK, now=now)
    referrals.set_referrer(viewer=desk, member=ben, referrer=traces.member, reason=MARK, now=now)
    referrals.set_referrer(viewer=desk, member=ben, referrer=chie, reason=f"{NAME}ではなく", now=now)
    words = testimonials.Words(text=MARK, shown_name=NAME, in_community=True, wording="同意します")
    testimonials.give(viewer=viewer_of(traces.member), words=words, now=now)
    for phone in ("03-9999-8888", "03-1234-5678"):
        table = f"顧客コード,会社名,氏名,メールアドレス,担当者電話,部署\nK-7,髙橋酒店,{NAME},{MARK}@example.com,{phone},{MARK}\n"
        _import(emi, table + f",,{NAME},,,{MARK}\n")
    _ask_in_community(traces.member, client_of(chie), viewer_of, aoi, now)
    customers.write_touchpoints(
        [customers.Touch(key="x:1", channel="survey", at=now, member_id=traces.member.pk, title=MARK, direction="in")]
    )
    return traces


def _ask_in_community(member, reader, viewer_of, aoi, now) -> None:
    """Let the member ask, and somebody read it: lists and threads are kept as they were drawn."""
    words = {"slug": "qa", "kind": "question", "name": {"ja": "質問"}, "audience_id": MEMBERS}
    space = discussions.create_space(viewer=viewer_of(aoi), now=now, **words)
    topic = discussions.open_topic(viewer=viewer_of(member), space=space, title="のしの色", body="増えますか", now=now)
    for address in ("/s/qa/", f"/t/{topic.pk}/"):
        assert reader.get(address).status_code == 200


def _give_tasks(desk, account, contact, now) -> None:
    task = tasks.make_task(
        viewer=desk, account=account, fields={"title": MARK, "body": MARK, "contact_id": contact.pk}, now=now
    )
    sales = Department.objects.get(slug="sales")
    tasks.hand_over(viewer=desk, task=task, department=sales, ask=MARK, now=now)
    tasks.make_task(viewer=desk, account=account, fields={"title": f"{NAME}さんの後任に連絡"}, now=now)


def _ask(desk, account, contact, now) -> None:
    fields = {"title": MARK, "body": MARK, "external_id": MARK, "account_id": account.pk, "contact_id": contact.pk}
    inquiry = inbox.open_inquiry(viewer=desk, fields=fields, now=now)
    InquiryMessage.objects.create(inquiry=inquiry, direction="internal", body=MARK, at=now)
    inbox.open_inquiry(viewer=desk, fields={"title": f"{NAME}さんの後任です", "account_id": account.pk}, now=now)


def _import(member, table: str) -> None:
    arriving = storing.Arriving(storing.pieces_of(io.BytesIO(table.encode())))
    fields = {"kind": "customers", "file_name": f"{NAME}.csv", "digest": arriving.digest, "byte_count": arriving.size}
    run = imports.begin_run(viewer=as_viewer(member), now=timezone.now(), **fields)
    arriving.settle(run.pk)
    running.examine(run)
    for state, go in (("rehearsing", running.rehearse), ("running", running.carry_out)):
        run.refresh_from_db()
        begun = imports.begin_phase(viewer=as_viewer(member), run=run, state=state, now=timezone.now(), in_worker=False)
        go(begun)


def test_no_column_and_no_file_holds_a_word_of_an_erased_person(known, aoi, viewer_of, sakura):
    before = found()
    planted = {place.rpartition(".")[0] for place in before}
    assert PLANTED - planted == set(), "the walk sees what was planted"
    assert found_in_files(sakura.folder)
    erasure = actions.erase_person(viewer=viewer_of(aoi), contact_id=known.contact.pk, now=timezone.now())
    work()
    erasure.refresh_from_db()
    assert erasure.finished_at is not None
    left = {place: values for place, values in found().items() if place not in MAY_STAY}
    assert left == {}
    assert found_in_files(sakura.folder) == []
