"""Signing in by an OpenID provider: the way, who is let in as whom, and every lie we know of."""

import time
from datetime import timedelta

import jwt
import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.identities.models import Attempt, CompanySignIn, Identity, Provider
from kizuna.core.identities.tests.conftest import is_signed_in
from kizuna.core.identities.tests.provider import CLIENT_ID, SECRET
from kizuna.core.members import actions as members
from kizuna.core.members import queries as member_queries
from kizuna.core.members.models import Invitation, JoinRequest, Member, RoleGrant, SignIn
from tests.cast import make_member

VERIFIED = {"email_verified": True}


@pytest.fixture
def joined(set_up, chie):
    """Return a provider with Chie's identity."""
    provider, fake = set_up()
    now = timezone.now()
    identity = Identity.objects.create(
        provider=provider, subject="u-1", member=chie, how="own_page", created_at=now, last_used_at=now
    )
    return provider, fake, identity


def test_the_sign_in_page_has_a_button_and_it_leads_to_the_provider(client_of, set_up):
    _provider, fake = set_up()
    page = client_of().get("/signin/?next=/t/1/").content.decode()
    assert "社員IDでログイン" in page
    assert "/signin/company/example/?next=%2Ft%2F1%2F" in page
    location = client_of().get("/signin/company/example/").headers["Location"]
    assert location.startswith(f"{fake.issuer}/auth?")
    assert "code_challenge_method=S256" in location
    assert "nonce=" in location
    assert SECRET not in location


def test_a_known_subject_signs_in_whatever_address_it_has(client_of, joined, come, chie):
    provider, fake, _identity = joined
    client = client_of()
    response = come(client, provider, fake, next="/members/", email="new.name@elsewhere.example")
    assert (response.status_code, response.headers["Location"]) == (302, "/members/")
    assert is_signed_in(client)
    row = SignIn.objects.get()
    assert (row.member_id, row.method) == (chie.pk, "company")
    assert CompanySignIn.objects.get().sign_in_id == row.pk
    assert not Session.objects.exists()
    assert not Attempt.objects.exists()
    chie.refresh_from_db()
    assert chie.email == "chie@example.com"


def test_a_provider_that_asserts_the_victims_address_gets_nothing(client_of, set_up, come, chie):
    provider, fake = set_up(is_trusted_for_addresses=True)
    client = client_of()
    response = come(client, provider, fake, sub="mallory", email=chie.email, **VERIFIED)
    assert response.headers["Location"] == "/signin/both/"
    assert not is_signed_in(client)
    assert not Identity.objects.exists()


def test_whoever_was_only_sent_here_has_agreed_to_nothing(client_of, set_up, come, enter, chie):
    provider, fake = set_up()
    client = client_of()
    come(client, provider, fake, sub="mallory", email=chie.email)
    assert chie.email in client.get("/signin/both/").content.decode()
    enter(client, chie.email)
    assert is_signed_in(client)
    assert not Identity.objects.exists()


def test_both_proofs_in_one_flow_join_the_account(client_of, set_up, come, enter, chie):
    provider, fake = set_up()
    client = client_of()
    come(client, provider, fake, email=chie.email)
    client.post("/signin/both/")
    enter(client, chie.email)
    assert is_signed_in(client)
    assert Identity.objects.get().member_id == chie.pk
    assert mail.outbox[-1].to == [chie.email]
    assert "結び付けました" in mail.outbox[-1].subject
    assert CompanySignIn.objects.count() == 1
    later = client_of()
    come(later, provider, fake, email="anything@else.example")
    assert is_signed_in(later)


def test_what_waits_joins_nobody_but_the_owner_of_the_address(client_of, set_up, come, enter, chie, ben):
    provider, fake = set_up()
    client = client_of()
    come(client, provider, fake, email=chie.email)
    client.post("/signin/both/")
    enter(client, ben.email)
    assert is_signed_in(client)
    assert not Identity.objects.exists()


def test_what_waits_runs_out(client_of, set_up, come, enter, chie, monkeypatch):
    from kizuna.core.identities import arriving

    provider, fake = set_up()
    client = client_of()
    come(client, provider, fake, email=chie.email)
    client.post("/signin/both/")
    monkeypatch.setattr(arriving, "WAITS", -1)
    enter(client, chie.email)
    assert is_signed_in(client)
    assert not Identity.objects.exists()


def test_a_proven_domain_joins_who_has_nothing_to_lose(client_of, set_up, come, prove, chie):
    provider, fake = set_up()
    prove(provider)
    client = client_of()
    come(client, provider, fake, email=chie.email, **VERIFIED)
    assert is_signed_in(client)
    assert Identity.objects.get().how == "proven_domain"


@pytest.mark.parametrize("has", ["password", "role", "identity"])
def test_a_proven_domain_is_not_enough_for_who_has_another_proof(client_of, set_up, come, prove, chie, has):
    provider, fake = set_up()
    prove(provider)
    if has == "password":
        chie.set_password("correct horse battery")
        chie.save()
    elif has == "role":
        RoleGrant.objects.create(member=chie, role="moderator", granted_at=timezone.now())
    else:
        other, _fake = set_up("other")
        now = timezone.now()
        Identity.objects.create(
            provider=other, subject="x", member=chie, how="joined", created_at=now, last_used_at=now
        )
    client = client_of()
    come(client, provider, fake, email=chie.email, **VERIFIED)
    assert not is_signed_in(client)
    assert not Identity.objects.filter(provider=provider).exists()


@pytest.mark.parametrize(
    "person",
    [
        {"email": "chie@example.com"},
        {"email": "chie@example.com", "email_verified": False},
        {"email": "chie@example.com", "email_verified": "yes"},
    ],
)
def test_a_proven_domain_needs_a_checked_address(client_of, set_up, come, prove, chie, person):
    provider, fake = set_up()
    prove(provider)
    client = client_of()
    come(client, provider, fake, **person)
    assert not is_signed_in(client)


def test_a_domain_speaks_for_one_provider_and_not_for_domains_below(client_of, set_up, come, prove, chie):
    provider, fake = set_up()
    other, _fake = set_up("other")
    prove(other)
    prove(provider, "below.example")
    make_member("dora", email="dora@sub.below.example", email_key="dora@sub.below.example")
    for sub, email in (("a", chie.email), ("b", "dora@sub.below.example")):
        client = client_of()
        come(client, provider, fake, sub=sub, email=email, **VERIFIED)
        assert not is_signed_in(client)


def test_a_new_member_with_an_unproven_address_proves_it_first(client_of, set_up, come, joining, last_code):
    joining("open")
    provider, fake = set_up()
    client = client_of()
    response = come(client, provider, fake, email="new@victim.example", name="新井", **VERIFIED)
    assert response.headers["Location"] == "/signin/code/"
    assert mail.outbox[-1].to == ["new@victim.example"]
    assert not Member.objects.filter(email_key="new@victim.example").exists()
    client.post("/signin/code/", {"code": last_code()})
    page = client.get("/signup/about/")
    documents = page.context["form"].fields["documents"].initial
    client.post("/signup/about/", {"name": "新井", "documents": documents, "agreed": "on"})
    assert is_signed_in(client)
    assert Identity.objects.get().member.email == "new@victim.example"


def test_just_in_time_by_a_trusted_provider_gives_a_member_without_a_role(client_of, set_up, come, joining):
    joining("open")
    provider, fake = set_up(is_trusted_for_addresses=True)
    client = client_of()
    come(client, provider, fake, email="new@example.org", name="新井 花子", locale="ja-JP", **VERIFIED)
    assert is_signed_in(client)
    member = Member.objects.get(email_key="new@example.org")
    assert (member.name, member.language, member.state) == ("新井 花子", "ja", "active")
    assert not member.role_grants.exists()
    assert not member.has_usable_password()
    assert Activity.objects.get(verb="member.joined", object_id=member.pk).props["how"] == "provider"


def test_a_new_member_agrees_to_the_terms_at_the_first_page(client_of, set_up, come, joining, aoi):
    joining("open")
    viewer = member_queries.viewer_of(aoi)
    now = timezone.now()
    draft = members.save_terms_draft(
        viewer=viewer, kind="terms", body={"ja": "規約"}, changes={}, effective_at=now, asks_consent=True, now=now
    )
    members.publish_terms(viewer=viewer, document_id=draft.pk, now=now)
    provider, fake = set_up(is_trusted_for_addresses=True)
    client = client_of()
    come(client, provider, fake, email="new@example.org", **VERIFIED)
    assert is_signed_in(client)
    assert client.get("/members/").headers["Location"].startswith("/terms/agreement/")


def test_just_in_time_waits_where_joining_needs_an_approval(client_of, set_up, come, joining):
    joining("approval")
    provider, fake = set_up(is_trusted_for_addresses=True)
    client = client_of()
    response = come(client, provider, fake, email="new@example.org", **VERIFIED)
    assert response.headers["Location"] == "/signin/waiting/"
    assert not is_signed_in(client)
    assert JoinRequest.objects.get().member.email == "new@example.org"


def test_just_in_time_needs_an_invitation_where_one_is_needed(client_of, set_up, come, joining, aoi):
    joining("invitation")
    provider, fake = set_up(is_trusted_for_addresses=True)
    client = client_of()
    come(client, provider, fake, email="new@example.org", **VERIFIED)
    assert not is_signed_in(client)
    assert not Member.objects.filter(email_key="new@example.org").exists()
    viewer = member_queries.viewer_of(aoi)
    members.invite(viewer=viewer, email="new@example.org", role="moderator", now=timezone.now())
    come(client, provider, fake, email="new@example.org", **VERIFIED)
    assert is_signed_in(client)
    assert Invitation.objects.get().accepted_by.email == "new@example.org"


def test_domain_limits_and_nobody_joins(client_of, set_up, come, joining):
    joining("open")
    limited, fake = set_up(is_trusted_for_addresses=True, domains=["example.org"])
    closed, other = set_up("closed", is_trusted_for_addresses=True, joining="nobody")
    for provider, theirs, email in ((limited, fake, "a@elsewhere.example"), (closed, other, "b@example.org")):
        client = client_of()
        come(client, provider, theirs, email=email, **VERIFIED)
        assert not is_signed_in(client)
        assert not Member.objects.filter(email_key=email).exists()


def test_somebody_without_an_address_is_turned_away(client_of, set_up, come, joining):
    joining("open")
    provider, fake = set_up(is_trusted_for_addresses=True)
    for email in ("", "no address", ["x"], {"a": 1}, "a@b.example\r\nBcc: c@d.example"):
        client = client_of()
        come(client, provider, fake, sub=str(email)[:20] + "s", email=email, **VERIFIED)
        assert not is_signed_in(client)
    assert not Identity.objects.exists()


def test_a_suspended_member_stays_out(client_of, joined, come, chie, aoi):
    provider, fake, _identity = joined
    viewer = member_queries.viewer_of(aoi)
    members.suspend_member(viewer=viewer, member_id=chie.pk, reason="x", now=timezone.now())
    client = client_of()
    assert come(client, provider, fake).headers["Location"] == "/signin/suspended/"
    assert not is_signed_in(client)


# ── lies in the token


def _hs256_with_the_public_key(fake):
    def sign(claims):
        import base64
        import hashlib
        import hmac
        import json

        def part(value):
            return base64.urlsafe_b64encode(value).rstrip(b"=")

        head = part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": fake.kid}).encode())
        body = part(json.dumps(claims).encode())
        return (
            head + b"." + body + b"." + part(hmac.new(fake.pem(), head + b"." + body, hashlib.sha256).digest())
        ).decode()

    return sign


LIES = {
    "another audience": lambda c: {**c, "aud": "somebody-else"},
    "several audiences without azp": lambda c: {**c, "aud": [CLIENT_ID, "other"]},
    "another azp": lambda c: {**c, "azp": "other"},
    "another issuer": lambda c: {**c, "iss": "https://accounts.example"},
    "issuer with a slash": lambda c: {**c, "iss": c["iss"] + "/"},
    "expired": lambda c: {**c, "exp": int(time.time()) - 120},
    "no expiry": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "issued tomorrow": lambda c: {**c, "iat": int(time.time()) + 86_400},
    "wrong nonce": lambda c: {**c, "nonce": "another"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "wrong at_hash": lambda c: {**c, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "subject is a number": lambda c: {**c, "sub": 1},
    "empty subject": lambda c: {**c, "sub": ""},
    "endless subject": lambda c: {**c, "sub": "x" * 256},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_lets_nobody_in(client_of, joined, come, lie):
    provider, fake, _identity = joined
    fake.twist = LIES[lie]
    client = client_of()
    assert come(client, provider, fake).headers["Location"] == "/signin/"
    assert not is_signed_in(client)
    assert not SignIn.objects.exists()


def _forged(fake, forge):
    if forge == "alg none":
        return lambda claims: jwt.encode(claims, None, algorithm="none", headers={"kid": fake.kid})
    if forge == "hs256 with the public key":
        return _hs256_with_the_public_key(fake)
    if forge == "hs256 with the client secret":
        return lambda claims: jwt.encode(claims, SECRET * 3, algorithm="HS256", headers={"kid": fake.kid})
    if forge == "unknown critical header":
        return lambda claims: fake.signed(claims, headers={"crit": ["x"], "x": 1})
    if forge == "foreign key in the header":
        key = jwt.algorithms.RSAAlgorithm.to_jwk(fake.key.public_key(), as_dict=True)
        return lambda claims: fake.signed(claims, headers={"kid": "other", "jwk": key})
    return lambda claims: fake.signed(claims)[:-4] + "AAAA"


@pytest.mark.parametrize(
    "forge",
    [
        "alg none", "hs256 with the public key", "hs256 with the client secret", "unknown critical header",
        "foreign key in the header", "broken signature",
    ],
)  # fmt: skip
def test_a_forged_token_lets_nobody_in(client_of, joined, come, forge):
    provider, fake, _identity = joined
    fake.sign = _forged(fake, forge)
    client = client_of()
    come(client, provider, fake)
    assert not is_signed_in(client)
    assert not SignIn.objects.exists()


def test_a_short_key_is_not_trusted(client_of, joined, come, owner):
    from cryptography.hazmat.primitives.asymmetric import rsa

    from kizuna.core.identities import reading

    provider, fake, _identity = joined
    fake.key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    reading.read_issuer(provider, now=timezone.now())
    client = client_of()
    come(client, provider, fake)
    assert not is_signed_in(client)


def test_keys_rotate_and_strangers_cannot_make_us_ask_again_and_again(client_of, joined, come):
    provider, fake, _identity = joined
    fake.rotate()
    Provider.objects.update(key_set_at=timezone.now() - timedelta(minutes=1))
    client = client_of()
    come(client, provider, fake)
    assert is_signed_in(client)
    asked = fake.requests.count("/keys")
    fake.sign = lambda claims: fake.signed(claims, headers={"kid": "unknown"})
    for _ in range(3):
        other = client_of()
        come(other, provider, fake)
        assert not is_signed_in(other)
    assert fake.requests.count("/keys") == asked


def test_private_parts_of_keys_are_not_kept(joined):
    provider, _fake, _identity = joined
    assert provider.key_set["keys"]
    assert "d" not in provider.key_set["keys"][0]
    assert SECRET not in provider.sealed_secret
    assert provider.sealed_secret


# ── lies on the way


def test_a_code_and_a_state_are_good_once(client_of, joined):
    _provider, fake, _identity = joined
    client = client_of()
    back = fake.consent(client.get("/signin/company/example/").headers["Location"])
    client.get("/signin/company/example/callback/", back)
    assert SignIn.objects.count() == 1
    client.cookies.clear()
    client.get("/signin/company/example/callback/", back)
    assert SignIn.objects.count() == 1


def test_a_state_of_another_browser_is_worth_nothing(client_of, joined):
    _provider, fake, _identity = joined
    mallory, victim = client_of(), client_of()
    back = fake.consent(mallory.get("/signin/company/example/").headers["Location"])
    victim.get("/signin/company/example/")
    victim.get("/signin/company/example/callback/", back)
    assert not is_signed_in(victim)


@pytest.mark.parametrize("state", ["", "x", "0" * 5000, "\x00"])
def test_an_unknown_state_is_worth_nothing(client_of, joined, state):
    client = client_of()
    client.get("/signin/company/example/")
    client.get("/signin/company/example/callback/", {"code": "x", "state": state})
    assert not is_signed_in(client)


def test_the_provider_cannot_be_swapped_between_start_and_callback(client_of, joined, set_up):
    _provider, honest, _identity = joined
    _evil_row, evil = set_up("evil")
    client = client_of()
    started = client.get("/signin/company/evil/").headers["Location"]
    back = evil.consent(started, sub="u-1")
    client.get("/signin/company/example/callback/", back)  # the honest provider's address, the evil one's attempt
    assert not is_signed_in(client)
    client.get("/signin/company/evil/callback/", back)
    assert not is_signed_in(client)  # nobody has that (provider, subject)
    assert honest.requests.count("/token") == 0


def test_a_mixed_up_issuer_is_refused(client_of, joined, come):
    provider, fake, _identity = joined
    client = client_of()
    come(client, provider, fake, changed={"iss": "https://evil.example"})
    assert not is_signed_in(client)
    come(client, provider, fake, changed={"iss": fake.issuer})
    assert is_signed_in(client)


def test_an_issuer_that_promises_iss_must_send_it(client_of, joined, come):
    provider, fake, _identity = joined
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    provider.save()
    client = client_of()
    come(client, provider, fake)
    assert not is_signed_in(client)


def test_an_attempt_runs_out(client_of, joined):
    _provider, fake, _identity = joined
    client = client_of()
    back = fake.consent(client.get("/signin/company/example/").headers["Location"])
    Attempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    client.get("/signin/company/example/callback/", back)
    assert not is_signed_in(client)


def test_userinfo_about_somebody_else_is_refused(client_of, joined, come):
    provider, fake, _identity = joined
    fake.userinfo = {"sub": "somebody-else", "email": "x@y.example"}
    client = client_of()
    come(client, provider, fake)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_afterwards(client_of, joined, come, target):
    provider, fake, _identity = joined
    client = client_of()
    assert come(client, provider, fake, next=target).headers["Location"] == "/"


def test_a_provider_that_is_off_is_not_there(client_of, joined):
    Provider.objects.update(is_on=False)
    for path in ("", "callback/?state=x", "signed-out/"):
        assert client_of().get(f"/signin/company/example/{path}").status_code == 404
    assert "社員ID" not in client_of().get("/signin/").content.decode()


def test_a_provider_that_does_not_answer_says_so(client_of, joined, settings):
    _provider, fake, _identity = joined
    client = client_of()
    back = fake.consent(client.get("/signin/company/example/").headers["Location"])
    settings.KIZUNA_OUTBOUND_ALLOWED = frozenset()
    response = client.get("/signin/company/example/callback/", back, follow=True)
    assert "応答していません" in response.content.decode()
