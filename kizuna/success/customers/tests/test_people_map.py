"""The map of people: who is there, who was lately, who has left, who recommends us; other apps add their words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.registry import PersonMark
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions
from kizuna.success.customers import people as mapping
from kizuna.success.customers.models import Contact
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_of, emi, account):
    client = client_of(emi)
    return lambda: client.get(f"/desk/customers/{account.pk}/").content.decode()


def test_who_recommends_and_who_has_left_is_said(page, desk, account, person, now):
    Contact.objects.filter(pk=person.pk).update(recommends=True)
    assert "推奨" in page()
    assert "1人が在籍" in page()
    actions.end_employment(viewer=desk, contact=person, account=account, now=now)
    shown = page()
    assert "1人が退職" in shown
    assert "在籍" not in shown


def test_who_took_another_post_has_not_left(page, desk, account, person, now):
    actions.begin_employment(viewer=desk, contact=person, account=account, title="部長", now=now + timedelta(days=1))
    shown = page()
    assert "1人が在籍" in shown
    assert "退職" not in shown
    actions.end_employment(viewer=desk, contact=person, account=account, now=now + timedelta(days=2))
    assert "1人が退職" in page()


@pytest.mark.parametrize(("days", "is_away"), [(2, False), (44, False), (45, True)])
def test_who_was_not_there_for_long_is_marked(page, desk, account, person, now, days, is_away):
    seen = local_day(timezone.now()) - timedelta(days=days)
    member = make_member("miura", last_seen_on=seen)
    actions.link_member(viewer=desk, contact=person, member=member, now=now)
    assert ("45日以上" in page()) is is_away
    assert ("最近広場に来た" in page()) is (days <= 30)


def test_other_apps_add_their_words_and_only_of_those_who_are_there(page, desk, account, person, now, monkeypatch):
    asked = []

    def marks(*, viewer, account, contacts):
        asked.append([contact.pk for contact in contacts])
        return {contact.pk: ("推奨者（9点）", "good") for contact in contacts}

    monkeypatch.setattr(mapping, "of", lambda _kind: [PersonMark("survey", marks)])
    assert "推奨者（9点）" in page()
    actions.end_employment(viewer=desk, contact=person, account=account, now=now)
    assert "推奨者（9点）" not in page()
    assert asked == [[person.pk], []]
