"""Signing out, from our side and from the provider's; parting; and being erased."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.audit.models import AuditNote
from kizuna.core.identities import jobs
from kizuna.core.identities.models import Attempt, CompanySignIn, Identity, UsedToken
from kizuna.core.identities.tests.conftest import is_signed_in
from kizuna.core.members import actions as members
from kizuna.core.members import queries as member_queries
from kizuna.core.members.models import SignIn

LOGOUT = "/signin/company/example/logout/"


@pytest.fixture
def inside(client_of, set_up, come, chie):
    """Return Chie's browser, signed in by a provider, and the provider."""
    provider, fake = set_up()
    now = timezone.now()
    Identity.objects.create(
        provider=provider, subject="u-1", member=chie, how="joined", created_at=now, last_used_at=now
    )
    client = client_of()
    come(client, provider, fake, sid="s-1")
    assert is_signed_in(client)
    return client, provider, fake


def test_signing_out_here_offers_the_same_at_the_provider(inside):
    client, _provider, fake = inside
    response = client.post("/signout/")
    assert response.headers["Location"] == "/signin/company/example/signed-out/"
    page = client.get(response.headers["Location"]).content.decode()
    assert f"{fake.issuer}/end?client_id=kizuna-client&amp;post_logout_redirect_uri=" in page
    assert SignIn.objects.get().revoked_at is not None


def test_whoever_came_another_way_just_goes_home(client_of, chie, enter, set_up):
    set_up()
    client = client_of()
    enter(client, chie.email)
    assert client.post("/signout/").headers["Location"] == "/"


@pytest.mark.parametrize("named", [{"sub": "u-1"}, {"sid": "s-1"}, {"sub": "u-1", "sid": "s-1"}])
def test_the_providers_logout_token_ends_the_sign_in_at_once(inside, named):
    client, _provider, fake = inside
    response = client.post(LOGOUT, {"logout_token": fake.logout_token(**named)})
    assert (response.status_code, response.headers["Cache-Control"].split(",")[0]) == (200, "max-age=0")
    assert client.get("/account/").status_code == 302
    assert AuditNote.objects.filter(action="identity.signed_out").exists()


def test_another_sid_or_subject_ends_nothing(inside):
    client, _provider, fake = inside
    for named in ({"sid": "s-2"}, {"sub": "u-2"}, {"sub": "u-2", "sid": "s-1"}):
        assert client.post(LOGOUT, {"logout_token": fake.logout_token(**named)}).status_code == 200
    assert client.get("/account/").status_code == 200


LIES = {
    "no event": {"events": {}},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "event is a list": {"events": []},
    "a nonce": {"nonce": "x"},
    "another audience": {"aud": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "nobody named": {"sub": None},
    "no jti": {"jti": None},
    "old": {"iat": int(time.time()) - 3_600, "exp": int(time.time()) + 600},
    "expired": {"exp": int(time.time()) - 600},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_logout_token_that_lies_ends_nothing(inside, lie):
    client, _provider, fake = inside
    token = fake.logout_token(**{"sub": "u-1", **LIES[lie]})
    assert client.post(LOGOUT, {"logout_token": token}).status_code == 400
    assert client.get("/account/").status_code == 200


def test_a_logout_token_is_good_once(inside):
    client, _provider, fake = inside
    token = fake.logout_token(sub="u-2")
    assert [client.post(LOGOUT, {"logout_token": token}).status_code for _ in range(2)] == [200, 400]


def test_a_token_of_an_unknown_key_or_none_at_all_ends_nothing(inside):
    client, _provider, fake = inside
    fake.kid = "other"
    for token in (fake.logout_token(sub="u-1"), "", "x.y.z", "e" * 20_000):
        assert client.post(LOGOUT, {"logout_token": token}).status_code == 400
    assert client.get("/account/").status_code == 200


def test_parting_ends_the_sign_ins_of_that_account(inside, chie):
    client, _provider, _fake = inside
    assert "社員ID" in client.get("/account/company/").content.decode()
    identity = Identity.objects.get()
    client.post(f"/account/company/{identity.pk}/parting/")
    assert not Identity.objects.exists()
    assert client.get("/account/").status_code == 302


def test_nobody_parts_the_account_of_somebody_else(inside, client_of, ben):
    other = client_of(ben)
    assert other.post(f"/account/company/{Identity.objects.get().pk}/parting/").status_code == 404
    assert Identity.objects.exists()


def test_a_member_joins_an_account_on_their_own_page(client_of, set_up, chie):
    _provider, fake = set_up()
    client = client_of(chie)
    started = client.get("/account/company/join/example/").headers["Location"]
    response = client.get("/signin/company/example/callback/", fake.consent(started, sub="u-9", email="x@y.example"))
    assert response.headers["Location"] == "/account/company/"
    assert (Identity.objects.get().member_id, Identity.objects.get().how) == (chie.pk, "own_page")
    assert client.get("/account/").status_code == 200


def test_joining_begun_by_one_is_not_finished_by_another(client_of, set_up, chie, ben):
    _provider, fake = set_up()
    client = client_of(chie)
    back = fake.consent(client.get("/account/company/join/example/").headers["Location"], sub="u-9")
    key = "kizuna"
    client.cookies[key] = client_of(ben).cookies[key].value
    client.get("/signin/company/example/callback/", back)
    assert not Identity.objects.exists()


def test_an_account_that_is_somebodys_stays_theirs(client_of, inside, ben):
    _client, _provider, fake = inside
    client = client_of(ben)
    back = fake.consent(client.get("/account/company/join/example/").headers["Location"], sub="u-1")
    client.get("/signin/company/example/callback/", back)
    assert Identity.objects.get().member.handle == "chie"


def test_a_new_password_keeps_the_provider_able_to_end_the_sign_in(inside):
    client, _provider, fake = inside
    client.post("/account/password/", {"password1": "a long one with words"})
    assert client.get("/account/").status_code == 200
    client.post(LOGOUT, {"logout_token": fake.logout_token(sub="u-1")})
    assert client.get("/account/").status_code == 302


def test_what_ran_out_is_removed(inside):
    _client, provider, _fake = inside
    old = timezone.now() - timedelta(hours=1)
    Attempt.objects.create(provider=provider, state_hash="x", nonce="n", sealed_verifier="v", created_at=old)
    UsedToken.objects.create(key_hash="x", expires_at=old)
    jobs.forget()
    assert not Attempt.objects.exists()
    assert not UsedToken.objects.exists()


def test_an_erased_member_has_no_account_left(inside, chie, aoi):
    viewer = member_queries.viewer_of(aoi)
    members.erase_member(viewer=viewer, member_id=chie.pk, now=timezone.now())
    from kizuna.base.jobs.runner import run_waiting

    run_waiting(ahead=timedelta(days=60))
    assert not Identity.objects.exists()
    assert not CompanySignIn.objects.exists()
