"""Nothing leads to an erased person any more: no row, no file, no line of the lake."""

import json

import pytest
from django.utils import timezone

from kizuna.base.jobs.models import Job
from kizuna.base.registry import Person
from kizuna.core.audit import actions as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.files import storage
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member, PurposeConsent
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.actions import stop_mail
from kizuna.core.notifications.models import Recipient
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonErasure, Tombstone
from kizuna.core.privacy.queries.consents import why_not_mail
from kizuna.core.privacy.tests.conftest import MARK, NAME, dumped, work
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Account, AccountChange, Contact, Note
from kizuna.success.usage.models import UsageDayCount, UsageDayTotal, UsageSubject
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(aoi, viewer_of):
    return viewer_of(aoi)


def erase(owner, traces) -> PersonErasure:
    erasure = actions.erase_person(viewer=owner, contact_id=traces.contact.pk, now=timezone.now())
    work()
    erasure.refresh_from_db()
    return erasure


def test_no_byte_of_the_person_is_left(owner, traces, lake):
    assert MARK in dumped(lake)
    erasure = erase(owner, traces)
    left = dumped(lake)
    assert erasure.finished_at is not None
    for word in (MARK, NAME, "三浦", "ミウラ", "1234-5678"):
        assert word not in left, word
    assert not storage.path_of(traces.file.key).exists()


def test_what_others_need_stays(owner, traces, lake):
    before = dict(UsageDayTotal.objects.values_list("name__name", "count"))
    erase(owner, traces)
    assert dict(UsageDayTotal.objects.values_list("name__name", "count")) == before
    assert UsageSubject.objects.filter(external_id="u-other").exists()
    assert set(UsageDayCount.objects.values_list("person__external_id", "group__external_id", "count")) == {
        ("", "", 1),
        ("", "acme", 1),
        ("u-other", "", 1),
    }
    assert Note.objects.get().body == "■■■さんに電話（■■■）。社長も同席。"
    assert "■■■" in json.dumps(AccountChange.objects.latest("pk").state, ensure_ascii=False)
    assert Account.objects.get(pk=traces.account.pk).name == "株式会社青波堂"
    assert Contact.objects.get(pk=traces.contact.pk).employments.get().ended_at is not None


def test_usage_counted_again_is_the_same(owner, traces, lake):
    from kizuna.success.usage import folding

    erase(owner, traces)
    before = set(UsageDayCount.objects.values_list("person__external_id", "group__external_id", "day", "count"))
    folding.rebuild(report=lambda line: None, clock=lambda: NOW)
    after = set(UsageDayCount.objects.values_list("person__external_id", "group__external_id", "day", "count"))
    assert after == before


def test_the_report_says_what_was_removed_and_kept(owner, traces):
    erasure = erase(owner, traces)
    assert erasure.report["customers.notes"]["removed"] >= 3
    assert erasure.report["usage.events"]["removed"] >= 3
    assert erasure.report["search.searches"] == {"removed": 1, "kept": 0}
    assert erasure.report["activity.acts"]["kept"] >= 0
    assert erasure.person == {}, "what led to the person is not kept for the report"
    audit.seal()
    entries = AuditEntry.objects.filter(action__startswith="person.eras").order_by("number")
    assert [entry.action for entry in entries] == ["person.erasure_begun", "person.erased"]


def test_the_person_is_gone_at_once_before_any_job_runs(owner, traces):
    actions.erase_person(viewer=owner, contact_id=traces.contact.pk, now=NOW)
    member = Member.objects.get(pk=traces.member.pk)
    assert (member.state, member.email, member.bio) == ("erased", "", "")
    assert Tombstone.objects.get().member_id == member.pk


def test_whoever_only_leaves_the_community_stays_a_contact(traces, viewer_of, lake):
    members.erase_member(viewer=viewer_of(traces.member), member_id=traces.member.pk, now=NOW)
    work()
    contact = Contact.objects.get(pk=traces.contact.pk)
    assert (contact.name, contact.member_id) == (NAME, None)
    assert Note.objects.count() == 2


def test_only_owners_and_admins_erase_others(traces, emi, ben, viewer_of):
    for person in (emi, ben, traces.member):
        with pytest.raises(Refused):
            actions.erase_person(viewer=viewer_of(person), contact_id=traces.contact.pk, now=NOW)
    assert not PersonErasure.objects.exists()


def test_somebody_who_is_not_there_is_refused(owner):
    with pytest.raises(Refused):
        actions.erase_person(viewer=owner, contact_id=987_654, now=NOW)


def test_asking_twice_begins_one_erasure(owner, traces):
    first = actions.erase_person(viewer=owner, contact_id=traces.contact.pk, now=NOW)
    second = actions.erase_person(viewer=owner, member_id=traces.member.pk, now=NOW)
    assert first == second
    assert Job.objects.filter(name="privacy.erase").count() == 1


def test_a_step_that_fails_is_tried_again_and_the_done_ones_are_not(owner, traces, monkeypatch):
    from kizuna.success.usage import folding

    erasure = actions.erase_person(viewer=owner, contact_id=traces.contact.pk, now=NOW)
    monkeypatch.setattr(folding, "settle", lambda clock: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.work_on_erasure(erasure_id=erasure.pk, clock=lambda: NOW)
    monkeypatch.undo()
    erasure.refresh_from_db()
    done = dict(erasure.report)
    assert done
    assert "usage.events" not in done
    actions.work_on_erasure(erasure_id=erasure.pk, clock=lambda: NOW)
    erasure.refresh_from_db()
    assert {name: erasure.report[name] for name in done} == done
    assert erasure.finished_at == NOW


def test_the_last_word_on_mail_outlives_the_address_as_a_hash(owner, traces, now, viewer_of):
    recipient = Recipient.objects.create(
        address=f"{MARK}@example.com", address_key=f"{MARK}@example.com", created_at=now
    )
    stop_mail(recipient=recipient, reason="unsubscribed", now=now)
    members.decide_purpose(
        viewer=viewer_of(traces.member), purpose="survey", is_given=True, wording="zq", source="settings", now=now
    )
    erase(owner, traces)
    kept = Recipient.objects.get(pk=recipient.pk)
    assert (kept.address, kept.person_key[:7]) == ("", "sha256:")
    assert kept.stops.count() == 1
    decision = PurposeConsent.objects.get()
    assert (decision.address_key[:7], decision.wording) == ("sha256:", "zq")
    again = Person(addresses=frozenset({f"{MARK}@example.com"}))
    assert why_not_mail(again, purpose="survey", now=now) == "stopped", "whoever is imported again is known by the hash"


def test_a_customer_that_is_the_person_goes_with_them_and_the_contract_stays(owner, emi, viewer_of, now):
    from kizuna.success.customers.tests.conftest import LINE

    desk = viewer_of(emi)
    account = customers.create_account(
        viewer=desk,
        fields={"kind": "person", "name": "zqyamada 太郎", "phone": "090-0000-1111", "external_id": "zqC-9"},
        now=now,
    )
    contact = customers.add_contact(viewer=desk, account=account, fields={"name": "zqyamada 太郎"}, now=now)
    contract = customers.sign_contract(
        viewer=desk,
        account=account,
        fields={"title": "定期便", "starts_on": now.date(), "external_id": "K-1"},
        lines=[LINE],
        now=now,
    )
    actions.erase_person(viewer=owner, contact_id=contact.pk, now=now)
    work()
    account.refresh_from_db()
    contract.refresh_from_db()
    assert "zqyamada" not in account.name
    assert contract.external_id == "K-1"
    history = json.dumps(list(AccountChange.objects.values_list("state", flat=True)), ensure_ascii=False)
    assert "zqyamada" not in history
    assert "090-0000-1111" not in history
