"""Nobody is mailed without a yes, whoever they are here; what was said when is kept as the law asks."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from kizuna.base.registry import Person
from kizuna.core.audit import actions as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.community import actions as community
from kizuna.core.members import actions as members
from kizuna.core.members.models import PurposeConsent
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.actions import stop_mail
from kizuna.core.notifications.models import Recipient
from kizuna.core.privacy import actions
from kizuna.core.privacy.queries.consents import may_mail, why_not_mail
from kizuna.core.privacy.settings import SENDER
from kizuna.success.customers import actions as customers
from tests.cast import NOW

pytestmark = pytest.mark.django_db

SAID = {"source": "paper", "wording": "お知らせメールを受け取る", "decided_at": NOW, "now": NOW}


@pytest.fixture
def contact(emi, viewer_of):
    account = customers.create_account(viewer=viewer_of(emi), fields={"name": "株式会社青波堂"}, now=NOW)
    fields = {"name": "三浦 香織", "email": "miura@example.com"}
    return customers.add_contact(viewer=viewer_of(emi), account=account, fields=fields, now=NOW)


@pytest.fixture
def person(contact) -> Person:
    return Person(contact_id=contact.pk)


def test_without_a_word_it_is_a_no_and_the_latest_word_counts(person, emi, viewer_of):
    desk = viewer_of(emi)
    assert why_not_mail(person, purpose="survey", now=NOW) == "no_consent"
    actions.record_consent(viewer=desk, person=person, purpose="survey", is_given=True, **SAID)
    assert may_mail(person, purpose="survey", now=NOW)
    assert why_not_mail(person, purpose="case_study", now=NOW) == "no_consent", "each purpose has its own yes"
    later = {**SAID, "decided_at": NOW + timedelta(days=1), "now": NOW + timedelta(days=1)}
    actions.record_consent(viewer=desk, person=person, purpose="survey", is_given=False, **later)
    assert why_not_mail(person, purpose="survey", now=NOW + timedelta(days=2)) == "withdrawn"
    assert may_mail(person, purpose="survey", now=NOW), "as of the day before it was a yes"


def test_a_yes_as_a_member_counts_for_the_contact_and_a_no_as_well(person, contact, chie, emi, viewer_of):
    customers.link_member(viewer=viewer_of(emi), contact=contact, member=chie, now=NOW)
    said = {"purpose": "survey", "wording": "x", "source": "settings"}
    members.decide_purpose(viewer=viewer_of(chie), is_given=True, now=NOW, **said)
    assert may_mail(person, purpose="survey", now=NOW)
    members.decide_purpose(viewer=viewer_of(chie), is_given=False, now=NOW + timedelta(hours=1), **said)
    assert not may_mail(person, purpose="survey", now=NOW + timedelta(hours=2))


def test_what_the_team_wrote_down_stands_on_the_members_own_page_and_can_be_taken_back(chie, emi, viewer_of, client_of):
    person, desk = Person(member_id=chie.pk), viewer_of(emi)
    actions.record_consent(viewer=desk, person=person, purpose="case_study", is_given=True, **SAID)
    page = client_of(chie).get("/account/agreements/").content.decode()
    assert "書面" in page
    client_of(chie).post("/account/agreements/", {})
    assert why_not_mail(person, purpose="case_study", now=timezone.now()) == "withdrawn"
    assert PurposeConsent.objects.filter(member=chie, purpose="case_study").count() == 2, "the record keeps both"


def test_promotional_mail_must_name_its_sender(person, emi, viewer_of):
    actions.record_consent(viewer=viewer_of(emi), person=person, purpose="promotional_mail", is_given=True, **SAID)
    assert why_not_mail(person, purpose="promotional_mail", now=NOW) == "no_sender"
    sender = {"name": "株式会社みせばこ", "postal": "東京都", "contact": "help@example.com"}
    community.change_setting(SENDER, value=sender, member_id=None)
    assert may_mail(person, purpose="promotional_mail", now=NOW)


def test_a_stopped_address_a_suspended_member_and_nobody_are_not_mailed(person, chie, emi, viewer_of):
    desk = viewer_of(emi)
    actions.record_consent(viewer=desk, person=person, purpose="survey", is_given=True, **SAID)
    recipient = Recipient.objects.create(address="miura@example.com", address_key="miura@example.com", created_at=NOW)
    stop_mail(recipient=recipient, reason="bounce", now=NOW)
    assert why_not_mail(person, purpose="survey", now=NOW) == "stopped"
    actions.record_consent(viewer=desk, person=Person(member_id=chie.pk), purpose="survey", is_given=True, **SAID)
    type(chie).objects.filter(pk=chie.pk).update(state="suspended")
    assert why_not_mail(Person(member_id=chie.pk), purpose="survey", now=NOW) == "left"
    assert why_not_mail(Person(contact_id=987_654), purpose="survey", now=NOW) == "no_address"


def test_a_yes_needs_the_words_that_were_shown_and_who_wrote_it_down_is_kept(person, emi, ben, viewer_of):
    with pytest.raises(Refused):
        actions.record_consent(
            viewer=viewer_of(emi), person=person, purpose="survey", is_given=True, **{**SAID, "wording": " "}
        )
    with pytest.raises(Refused):
        actions.record_consent(viewer=viewer_of(ben), person=person, purpose="survey", is_given=True, **SAID)
    row = actions.record_consent(
        viewer=viewer_of(emi), person=person, purpose="survey", is_given=True, note="同意書3", **SAID
    )
    assert (row.recorded_by_id, row.note, row.source, row.wording) == (emi.pk, "同意書3", "paper", SAID["wording"])
    audit.seal()
    assert AuditEntry.objects.get(action="consent.recorded").subject_id == person.contact_id


def test_the_page_of_a_person_shows_and_takes_down(contact, emi, ben, chie, client_of):
    address = f"/desk/contacts/{contact.pk}/privacy/"
    said = {
        "purpose": "survey",
        "is_given": "yes",
        "source": "telephone",
        "decided_on": timezone.localdate().isoformat(),
        "wording": "アンケートをお送りしてよいですか",
        "note": "",
    }
    desk = client_of(emi)
    assert desk.post(address, said).status_code == 302
    page = desk.get(address).content.decode()
    assert "アンケートをお送りしてよいですか" in page
    assert desk.post(address, {**said, "wording": ""}).status_code == 422
    assert "アンケート" in desk.get(f"/desk/contacts/{contact.pk}/").content.decode()
    for person in (ben, chie):
        assert client_of(person).get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_older_consents_to_mail_move_into_the_record_without_loss(sakura, chie):
    executor = MigrationExecutor(connection)
    executor.migrate([("notifications", "0001_first")])
    old = executor.loader.project_state(
        [("notifications", "0001_first"), ("members", "0005_consents_of_everybody")]
    ).apps
    recipient = old.get_model("notifications", "Recipient")
    record = old.get_model("notifications", "ConsentRecord")
    known = recipient.objects.create(
        address="a@example.com", address_key="a@example.com", member_id=chie.pk, created_at=NOW
    )
    keyed = recipient.objects.create(person_key="crm:7", created_at=NOW)
    long = "form on the trade fair of 2026, version 3 of the text"
    record.objects.create(recipient=known, purpose="promotional_mail", is_given=True, at=NOW, source=long)
    record.objects.create(recipient=known, purpose="promotional_mail", is_given=False, at=NOW, source="link")
    record.objects.create(recipient=keyed, purpose="survey", is_given=True, at=NOW, source="import")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    moved = apps.get_model("members", "PurposeConsent").objects.order_by("pk")
    assert [(row.member_id, row.address_key, row.purpose, row.is_given, row.source, row.note) for row in moved] == [
        (chie.pk, "a@example.com", "promotional_mail", True, long[:20], long),
        (chie.pk, "a@example.com", "promotional_mail", False, "link", ""),
        (None, "crm:7", "survey", True, "import", ""),
    ]
