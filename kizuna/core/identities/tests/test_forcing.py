"""Required sign-in: every other way is closed, nobody learns who is a member, and an owner can always come in."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.utils import timezone

from kizuna.core.audit.models import AuditNote
from kizuna.core.identities import actions, queries
from kizuna.core.identities.models import BreakGlass, Identity, Provider
from kizuna.core.identities.tests.conftest import is_signed_in
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from tests.cast import make_member

PASSWORD = "correct horse battery"


@pytest.fixture
def secured(aoi):
    """Give the owner a password and an authenticator app; return its secret."""
    aoi.set_password(PASSWORD)
    aoi.save()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(aoi, secret)
    return secret


@pytest.fixture
def forced(set_up, owner, secured, aoi, chie):
    """Return a function that forces a provider on people."""

    def by(whom: str):
        provider, fake = set_up()
        now = timezone.now()
        Identity.objects.create(
            provider=provider, subject="u-1", member=chie, how="joined", created_at=now, last_used_at=now
        )
        actions.name_glass_breaker(viewer=owner, member=aoi, now=now)
        actions.force(viewer=owner, provider=provider, forced=whom, now=now)
        return Provider.objects.get(pk=provider.pk), fake

    return by


def with_password(client, member: Member):
    member.set_password(PASSWORD)
    member.save()
    return client.post("/signin/", {"email": member.email, "password": PASSWORD}, follow=True)


def test_password_and_code_are_closed_for_its_own_people_and_open_for_others(forced, client_of, enter, chie, ben):
    forced("own")
    client = client_of()
    assert "社員IDでログインしてください" in with_password(client, chie).content.decode()
    enter(client, chie.email)
    assert not is_signed_in(client)
    enter(client, ben.email)
    assert is_signed_in(client)


def test_the_provider_itself_lets_its_people_in(forced, client_of, come):
    provider, fake = forced("everybody")
    client = client_of()
    come(client, provider, fake)
    assert is_signed_in(client)


def test_everybody_means_everybody(forced, client_of, enter, ben):
    forced("everybody")
    client = client_of()
    with_password(client, ben)
    enter(client, ben.email)
    assert not is_signed_in(client)


def test_a_wrong_password_gets_the_same_answer_as_ever(forced, client_of, chie, ben):
    forced("own")
    answers = []
    for email in (chie.email, ben.email, "nobody@example.com"):
        page = client_of().post("/signin/", {"email": email, "password": "wrong"}).content.decode()
        page = re.sub(r'value="[^"]*"', "", page)
        answers.append(page)
    assert answers[0] == answers[1] == answers[2]


def test_an_address_of_a_proven_domain_is_led_to_the_provider_without_a_mail(forced, client_of, prove):
    provider, _fake = forced("own")
    prove(provider, "corp.example")
    make_member("dora", email="dora@corp.example", email_key="dora@corp.example")
    for email in ("dora@corp.example", "unknown@corp.example"):
        for page in ("/signin/", "/signup/"):
            response = client_of().post(page, {"email": email})
            assert response.headers["Location"] == "/signin/company/example/"
    assert not mail.outbox


def test_a_passkey_is_closed_too(forced, client_of, chie, rf):
    from kizuna.core.identities import door

    forced("own")
    request = client_of().get("/signin/").wsgi_request
    assert door.refusal(request=request, member=chie, methods={"mfa"})
    assert door.refusal(request=request, member=chie, methods={"password", "mfa"})
    assert not door.refusal(request=request, member=Member.objects.get(handle="aoi"), methods={"password"})


def test_another_provider_is_no_way_round(forced, set_up, client_of, come, chie):
    forced("own")
    other, fake = set_up("other")
    now = timezone.now()
    Identity.objects.create(provider=other, subject="o-1", member=chie, how="joined", created_at=now, last_used_at=now)
    client = client_of()
    come(client, other, fake, sub="o-1")
    assert not is_signed_in(client)


def test_nobody_new_joins_beside_it(forced, client_of, enter, joining):
    joining("open")
    forced("everybody")
    client = client_of()
    assert enter(client, "new@example.org").headers["Location"] == "/signin/"
    assert client.get("/signup/about/").status_code == 302


def test_both_proofs_in_one_flow_are_not_closed(forced, client_of, come, enter, ben):
    provider, fake = forced("everybody")
    client = client_of()
    come(client, provider, fake, sub="u-ben", email=ben.email)
    client.post("/signin/both/")
    enter(client, ben.email)
    assert is_signed_in(client)
    assert Identity.objects.get(member=ben).how == "both_proofs"


def test_broken_glass_needs_the_app_is_written_down_and_told(forced, client_of, aoi, secured):
    make_member("second", "owner", email="second@example.com")
    forced("everybody")
    client = client_of()
    response = client.post("/signin/", {"email": aoi.email, "password": PASSWORD})
    assert response.headers["Location"] == "/signin/second/"
    assert not is_signed_in(client)
    code = totp.format_hotp_value(totp.hotp_value(secured, next(totp.yield_hotp_counters_from_time())))
    client.post("/signin/second/", {"code": code})
    assert is_signed_in(client)
    assert AuditNote.objects.get(action="sign_in.break_glass").actor_id == aoi.pk
    assert [letter.to for letter in mail.outbox] == [["second@example.com"]]
    assert BreakGlass.objects.get().last_used_at is not None


def test_broken_glass_by_code_or_without_the_app_or_the_role_is_none(forced, client_of, enter, aoi):
    forced("everybody")
    client = client_of()
    enter(client, aoi.email)
    assert not is_signed_in(client)
    Authenticator.objects.filter(user=aoi).delete()
    client.post("/signin/", {"email": aoi.email, "password": PASSWORD})
    assert not is_signed_in(client)


def test_whoever_is_named_keeps_the_app(forced, client_of, aoi):
    forced("everybody")
    client = client_of(aoi)
    response = client.post("/account/two-step/off/")
    assert response.status_code == 403
    assert Authenticator.objects.filter(user=aoi, type="totp").exists()


def test_forcing_needs_a_way_back_and_a_provider_that_was_tried(set_up, owner, aoi, secured, chie):
    provider, _fake = set_up()
    now = timezone.now()
    with pytest.raises(Refused):
        actions.force(viewer=owner, provider=provider, forced="everybody", now=now)
    actions.name_glass_breaker(viewer=owner, member=aoi, now=now)
    with pytest.raises(Refused):
        actions.force(viewer=owner, provider=provider, forced="everybody", now=now)
    Identity.objects.create(provider=provider, subject="u", member=chie, how="joined", created_at=now, last_used_at=now)
    actions.force(viewer=owner, provider=provider, forced="everybody", now=now)
    with pytest.raises(Refused):
        actions.unname_glass_breaker(viewer=owner, member_id=aoi.pk, now=now)
    with pytest.raises(Refused):
        actions.switch(viewer=owner, provider=provider, is_on=False, now=now)
    assert queries.glass_breakers()


def test_only_a_fit_owner_is_named(owner, aoi, ben):
    for member in (aoi, ben):
        with pytest.raises(Refused):
            actions.name_glass_breaker(viewer=owner, member=member, now=timezone.now())
