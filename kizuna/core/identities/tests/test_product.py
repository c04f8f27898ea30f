"""From the product into the community by a signed token: short-lived, for us, once."""

import json
import secrets
import threading
import time
from contextvars import copy_context
from datetime import timedelta

import jwt
import pytest
from django.db import connection
from django.utils import timezone

from kizuna.base.hosting import links
from kizuna.core.identities import actions
from kizuna.core.identities.models import Identity, Provider, ProviderKey, Ticket, UsedToken
from kizuna.core.identities.tests.conftest import FIELDS, is_signed_in
from kizuna.core.identities.tests.provider import FakeProvider
from kizuna.core.members.models import Member, SignIn
from kizuna.core.members.policies import Refused


@pytest.fixture
def product(owner):
    """Return a product with a shared secret, switched on: (provider, secret, kid)."""
    now = timezone.now()
    fields = {**FIELDS, "issuer": "misebako", "is_trusted_for_addresses": True}
    provider = actions.add_provider(viewer=owner, kind="jwt", slug="misebako", fields=fields, secret="", now=now)
    key, secret = actions.add_key(viewer=owner, provider=provider, algorithm="HS256", now=now)
    actions.switch(viewer=owner, provider=provider, is_on=True, now=now)
    return Provider.objects.get(pk=provider.pk), secret, key.kid


@pytest.fixture
def token(product):
    """Return a function that signs a token."""
    _provider, secret, kid = product

    def sign(*, key=secret, algorithm="HS256", headers=None, **claims) -> str:
        now = int(time.time())
        said = {
            "iss": "misebako", "aud": links.base_url(), "sub": "c-1", "iat": now, "exp": now + 60,
            "jti": secrets.token_hex(8), "email": "new@shop.example", "email_verified": True, "name": "新井", **claims,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid, **(headers or {})})

    return sign


@pytest.fixture
def known(product, chie):
    provider, _secret, _kid = product
    now = timezone.now()
    return Identity.objects.create(
        provider=provider, subject="c-1", member=chie, how="joined", created_at=now, last_used_at=now
    )


def come(client, sent: str, **more):
    response = client.post("/signin/jwt/", {"token": sent, **more})
    if "ticket=" not in response.headers["Location"]:
        return response
    return client.get(response.headers["Location"])


def test_the_browsers_post_signs_in_and_no_token_stands_in_an_address(client_of, known, token, chie):
    client, sent = client_of(), token()
    response = client.post("/signin/jwt/", {"token": sent, "next": "/members/"})
    assert sent not in response.headers["Location"]
    assert client.get(response.headers["Location"]).headers["Location"] == "/members/"
    assert is_signed_in(client)
    assert SignIn.objects.get().member_id == chie.pk


def test_the_servers_exchange_gives_a_link_that_is_good_once(client_of, known, token):
    answer = client_of().post("/signin/jwt/exchange/", json.dumps({"token": token()}), content_type="application/json")
    url = answer.json()["url"]
    assert url.startswith(f"{links.base_url()}/signin/jwt/?ticket=")
    path = url.removeprefix(links.base_url())
    first, second = client_of(), client_of()
    first.get(path)
    second.get(path)
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_a_link_runs_out(client_of, known, token):
    client = client_of()
    location = client.post("/signin/jwt/", {"token": token()}).headers["Location"]
    Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client.get(location)
    assert not is_signed_in(client)


def test_a_new_person_becomes_a_member_by_the_rule_of_joining(client_of, product, token, joining):
    joining("open")
    client = client_of()
    come(client, token())
    assert is_signed_in(client)
    assert Member.objects.get(email_key="new@shop.example").name == "新井"
    joining("invitation")
    other = client_of()
    come(other, token(sub="c-2", email="other@shop.example"))
    assert not is_signed_in(other)


def test_a_members_address_opens_nothing(client_of, product, token, chie):
    client = client_of()
    come(client, token(sub="mallory", email=chie.email))
    assert not is_signed_in(client)
    assert not Identity.objects.exists()


NOW = int(time.time())
LIES = {
    "another audience": {"aud": "https://other.example"},
    "audience with a slash": {"aud": "SLASH"},
    "another issuer": {"iss": "other"},
    "no issuer": {"iss": None},
    "longer than a minute": {"exp": NOW + 3_600},
    "expired": {"iat": NOW - 200, "exp": NOW - 150},
    "issued tomorrow": {"iat": NOW + 86_400, "exp": NOW + 86_460},
    "no jti": {"jti": None},
    "empty jti": {"jti": ""},
    "jti is a number": {"jti": 1},
    "no subject": {"sub": None},
    "endless subject": {"sub": "x" * 256},
    "no time of issue": {"iat": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_lets_nobody_in(client_of, known, token, lie):
    client, said = client_of(), dict(LIES[lie])
    if said.get("aud") == "SLASH":
        said["aud"] = links.base_url() + "/"
    assert come(client, token(**said)).headers["Location"] == "/signin/"
    assert not is_signed_in(client)
    assert not Ticket.objects.exists()


def test_forged_tokens_let_nobody_in(client_of, known, token, product):
    _provider, secret, _kid = product
    forged = [
        token(key="x" * 48),
        token(key=None, algorithm="none"),
        token(key=secret, algorithm="HS512"),
        token(headers={"kid": "other"}),
        token()[:-3] + "AAA",
        "x.y.z", "", "e" * 20_000,
    ]  # fmt: skip
    for sent in forged:
        client = client_of()
        come(client, sent)
        assert not is_signed_in(client)


def test_a_token_is_good_once(client_of, known, token):
    sent = token()
    first, second = client_of(), client_of()
    come(first, sent)
    come(second, sent)
    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
    answer = client_of().post("/signin/jwt/exchange/", json.dumps({"token": sent}), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_is_the_first(sakura):
    until, found = timezone.now() + timedelta(minutes=1), []

    def use() -> None:
        try:
            found.append(actions.use_once(key="the same", until=until))
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(use,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), found.count(True)) == (10, 1)
    assert UsedToken.objects.count() == 1


def test_a_public_key_works_and_is_no_shared_secret(client_of, owner, product, token, known):
    provider, _secret, _kid = product
    fake = FakeProvider()
    key, shown = actions.add_key(
        viewer=owner, provider=provider, algorithm="RS256", public_key=fake.pem().decode(), now=timezone.now()
    )
    assert shown == ""
    client = client_of()
    come(client, token(key=fake.key, algorithm="RS256", headers={"kid": key.kid}))
    assert is_signed_in(client)
    from kizuna.core.identities.tests.test_oidc import _hs256_with_the_public_key

    fake.kid, now = key.kid, int(time.time())
    forged = _hs256_with_the_public_key(fake)(
        {"iss": "misebako", "aud": links.base_url(), "sub": "c-1", "iat": now, "exp": now + 60, "jti": "abc"}
    )
    other = client_of()
    come(other, forged)
    assert not is_signed_in(other)


def test_two_keys_at_a_time_and_a_removed_one_counts_no_more(client_of, owner, product, token, known):
    provider, secret, _kid = product
    first = ProviderKey.objects.get()
    second, other_secret = actions.add_key(viewer=owner, provider=provider, algorithm="HS256", now=timezone.now())
    with pytest.raises(Refused):
        actions.add_key(viewer=owner, provider=provider, algorithm="HS256", now=timezone.now())
    for key, kid in ((secret, first.kid), (other_secret, second.kid)):
        client = client_of()
        come(client, token(key=key, headers={"kid": kid}))
        assert is_signed_in(client)
    actions.remove_key(viewer=owner, provider=provider, key_id=first.pk, now=timezone.now())
    client = client_of()
    come(client, token())
    assert not is_signed_in(client)
    assert secret not in ProviderKey.objects.get().sealed


@pytest.mark.parametrize(
    "pem", ["", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "PRIVATE"]
)
def test_only_a_strong_public_key_is_taken(owner, product, pem):
    provider, _secret, _kid = product
    with pytest.raises(Refused):
        actions.add_key(viewer=owner, provider=provider, algorithm="RS256", public_key=pem, now=timezone.now())


def test_whoever_is_signed_in_as_somebody_else_is_asked_first(client_of, known, token, ben, chie):
    client = client_of(ben)
    location = client.post("/signin/jwt/", {"token": token()}).headers["Location"]
    page = client.get(location)
    assert page.status_code == 200
    assert "切り替えますか" in page.content.decode()
    assert SignIn.objects.filter(member=chie).count() == 0
    client.post("/signin/jwt/", {"ticket": location.partition("ticket=")[2]})
    assert SignIn.objects.filter(member=chie).count() == 1
    assert SignIn.objects.get(member=ben).revoked_at is not None


def test_the_same_person_is_not_asked(client_of, known, token, chie):
    client = client_of(chie)
    assert come(client, token(), next="/members/").headers["Location"] == "/members/"


def test_the_answer_to_being_asked_needs_our_own_page(known, token, ben):
    from django.test import Client

    from kizuna.core.members import signin
    from kizuna.core.members.actions import start_sign_in

    client = Client(enforce_csrf_checks=True)
    client.cookies[signin.COOKIE] = start_sign_in(member=ben, method="code", now=timezone.now())
    location = client.post("/signin/jwt/", {"token": token()}).headers["Location"]
    response = client.post("/signin/jwt/", {"ticket": location.partition("ticket=")[2]})
    assert response.status_code == 403
    assert Ticket.objects.exists()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_nobody_is_led_elsewhere(client_of, known, token, target):
    assert come(client_of(), token(), next=target).headers["Location"] == "/"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"token": 1}', '{"token": "x", "next": {}}', "\xff", "[" * 30_000])
def test_the_exchange_answers_nonsense_with_an_error(client_of, product, body):
    answer = client_of().post("/signin/jwt/exchange/", body.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
