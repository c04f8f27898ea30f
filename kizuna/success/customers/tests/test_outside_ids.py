"""The ids of a company account reach the contact and the account, and make nothing up."""

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.identities import actions as identities
from kizuna.core.identities.models import Identity, Provider
from kizuna.core.members.actions import system_viewer
from kizuna.success.customers import actions
from kizuna.success.customers.models import Account, Contact, Employment, MatchDecision


@pytest.fixture
def account(db):
    fields = {"name": "青波堂", "external_id": "C-100"}
    return actions.create_account(viewer=system_viewer(), fields=fields, now=timezone.now())


@pytest.fixture
def arrive(chie):
    """Return a function that lets Chie's company account say something."""
    now = timezone.now()
    mapping = {"person_id": "employee", "customer_id": "customer"}
    provider = Provider.objects.create(slug="x", kind="oidc", is_on=True, mapping=mapping, created_at=now)
    identity = Identity.objects.create(
        provider=provider, subject="u", member=chie, how="joined", created_at=now, last_used_at=now
    )

    def say(**claims) -> None:
        identities.note_arrival(
            identity=Identity.objects.get(pk=identity.pk), claims={"sub": "u", **claims}, now=timezone.now()
        )
        run_waiting()

    return say


def test_the_member_stands_at_the_account_with_both_numbers(account, arrive, chie):
    arrive(employee="E-7", customer="C-100")
    contact = Contact.objects.get()
    assert (contact.member_id, contact.external_id, contact.email) == (chie.pk, "E-7", chie.email)
    assert Employment.objects.get().account_id == account.pk
    arrive(employee="E-7", customer="C-100")
    assert Employment.objects.count() == 1


def test_an_account_that_is_not_there_is_not_made(arrive, db):
    arrive(employee="E-7", customer="C-404")
    assert not Account.objects.exists()
    assert not Contact.objects.exists()


def test_a_person_known_by_number_is_taken_on(account, arrive, chie):
    known = actions.add_contact(
        viewer=system_viewer(), account=account, fields={"name": "千恵", "external_id": "E-7"}, now=timezone.now()
    )
    arrive(employee="E-7")
    assert Contact.objects.get().pk == known.pk
    assert Contact.objects.get().member_id == chie.pk


def test_a_person_who_is_another_member_stays_theirs(account, arrive, chie, ben):
    known = actions.add_contact(
        viewer=system_viewer(), account=account, fields={"name": "勉", "external_id": "E-7"}, now=timezone.now()
    )
    actions.link_member(viewer=system_viewer(), contact=known, member=ben, now=timezone.now())
    arrive(employee="E-7", customer="C-100")
    assert Contact.objects.get(external_id="E-7").member_id == ben.pk


def test_a_number_that_stands_there_is_not_written_over(account, arrive, chie):
    known = actions.add_contact(
        viewer=system_viewer(), account=account, fields={"name": "千恵", "external_id": "E-1"}, now=timezone.now()
    )
    actions.link_member(viewer=system_viewer(), contact=known, member=chie, now=timezone.now())
    arrive(employee="E-7", customer="C-100")
    assert Contact.objects.get().external_id == "E-1"


def test_what_was_refused_stays_refused(account, arrive, chie):
    MatchDecision.objects.create(
        subject_type="member", subject_key=str(chie.pk), account=account, verdict="refused", confidence=0,
        created_at=timezone.now(),
    )  # fmt: skip
    arrive(customer="C-100")
    assert not Employment.objects.exists()
