"""Passkeys: made behind a confirmation, open the account by themselves, and only their own account."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator as Proof
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail

from kizuna.core.members import signin
from kizuna.core.members.models import SignIn
from kizuna.core.members.tests.authenticator import Authenticator
from tests.cast import make_member

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SCRIPT = re.compile(r'<script id="passkey-question" type="application/json">(.*?)</script>')


def is_signed_in(client) -> bool:
    return signin.COOKIE in client.cookies and bool(client.cookies[signin.COOKIE].value)


def add_passkey(client, device=None):
    device = device or Authenticator()
    page = client.get("/account/passkeys/add/").content.decode()
    options = json.loads(SCRIPT.search(page).group(1))["creation_options"]
    client.post("/account/passkeys/add/", {"name": "手元の端末", "credential": device.create(options)})
    return device


def question(client):
    answer = client.get("/signin/passkey/", headers={"X-Requested-With": "XMLHttpRequest"})
    return answer.json()["request_options"]


@pytest.fixture
def device(client_of, chie):
    return add_passkey(client_of(chie))


def test_a_passkey_signs_in_without_anything_else(client_of, device, chie):
    client = client_of()
    response = client.post("/signin/passkey/", {"credential": device.get(question(client)), "next": "/members/"})
    assert response.headers["Location"] == "/members/"
    assert is_signed_in(client)
    row = SignIn.objects.latest("id")
    assert (row.member_id, row.method) == (chie.pk, "passkey")


def test_making_one_is_told_by_mail_and_listed(client_of, device, chie):
    assert mail.outbox[0].to == [chie.email]
    assert "手元の端末" in client_of(chie).get("/account/security/").content.decode()


def test_an_answer_is_good_once(client_of, device):
    client = client_of()
    answer = device.get(question(client))
    other = client_of()
    question(other)
    other.post("/signin/passkey/", {"credential": answer})
    assert not is_signed_in(other)


def test_a_key_opens_no_other_account(client_of, device, ben):
    client = client_of()
    asked = question(client)
    client.post("/signin/passkey/", {"credential": device.get(asked, user_handle=str(ben.pk).encode())})
    assert not is_signed_in(client)


def test_a_key_of_another_site_does_not_open_it(client_of, chie, device):
    device.host = "evil.example"
    client = client_of()
    client.post("/signin/passkey/", {"credential": device.get(question(client))})
    assert not is_signed_in(client)


def test_a_key_that_checked_nobody_is_not_taken(client_of, chie):
    client = client_of(chie)
    add_passkey(client, Authenticator(verifies=False))
    assert not Proof.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"response": {}}', "not json"])
def test_nonsense_is_refused_quietly(client_of, device, credential):
    client = client_of()
    question(client)
    assert client.post("/signin/passkey/", {"credential": credential}).headers["Location"] == "/signin/"
    assert not is_signed_in(client)


def test_a_passkey_is_a_convenience_and_does_not_lock_other_devices_out(client_of, device, chie, enter):
    client = client_of()
    enter(client, chie.email)
    assert is_signed_in(client)


def test_it_counts_as_both_steps(client_of, device, chie):
    TOTP.activate(chie, SECRET)
    client = client_of()
    client.post("/signin/passkey/", {"credential": device.get(question(client))})
    assert is_signed_in(client)


def test_it_serves_as_second_step_and_confirms(client_of, device, chie, enter, sakura):
    from datetime import timedelta

    from django.utils import timezone

    TOTP.activate(chie, SECRET)
    client = client_of()
    enter(client, chie.email)
    assert not is_signed_in(client)
    page = client.get("/signin/second/").content.decode()
    options = json.loads(SCRIPT.search(page).group(1))["request_options"]
    client.post("/signin/second/", {"credential": device.get(options)})
    assert is_signed_in(client)
    SignIn.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    sakura.caches.pop("sign_ins", None)
    page = client.get("/account/confirm/").content.decode()
    options = json.loads(SCRIPT.search(page).group(1))["request_options"]
    client.post("/account/confirm/", {"way": "passkey", "credential": device.get(options)})
    assert client.get("/account/leave/").status_code == 200


def test_a_suspended_member_is_not_let_in(client_of, device, chie):
    chie.state = "suspended"
    chie.save()
    client = client_of()
    response = client.post("/signin/passkey/", {"credential": device.get(question(client))})
    assert response.headers["Location"] == "/signin/suspended/"
    assert not is_signed_in(client)


def test_one_renames_and_removes_only_ones_own(client_of, device, chie, ben):
    proof = Proof.objects.get(type="webauthn")
    assert client_of(ben).get(f"/account/passkeys/{proof.pk}/name/").status_code == 404
    assert client_of(ben).post(f"/account/passkeys/{proof.pk}/removal/").status_code == 404
    client = client_of(chie)
    client.post(f"/account/passkeys/{proof.pk}/name/", {"name": "電話"})
    assert "電話" in client.get("/account/security/").content.decode()
    client.post(f"/account/passkeys/{proof.pk}/removal/")
    assert not Proof.objects.filter(type="webauthn").exists()


def test_the_team_is_asked_for_a_second_proof_before_anything_else(client_of, aoi, chie, enter, viewer_of):
    from django.utils import timezone

    from kizuna.core.members import actions

    client, member = client_of(aoi), client_of(chie)
    assert client.get("/members/").status_code == 200
    actions.ask_second_proof(viewer=viewer_of(aoi), is_asked=True, now=timezone.now())
    assert client.get("/members/").headers["Location"] == "/account/security/?next=%2Fmembers%2F"
    assert "パスキー" in client.get("/account/security/").content.decode()
    assert member.get("/members/").status_code == 200
    device = add_passkey(client)
    assert client.get("/members/").status_code == 200
    visitor = client_of()
    assert enter(visitor, aoi.email).headers["Location"] == "/signin/second/"
    page = visitor.get("/signin/second/").content.decode()
    options = json.loads(SCRIPT.search(page).group(1))["request_options"]
    visitor.post("/signin/second/", {"credential": device.get(options)})
    assert is_signed_in(visitor)


def test_only_owners_ask_for_a_second_proof(client_of, aoi):
    admin = make_member("admin_one", "admin")
    assert client_of(admin).post("/studio/members/second-proof/", {"is_asked": "1"}).status_code == 403
    assert client_of(aoi).post("/studio/members/second-proof/", {"is_asked": "1"}).status_code == 302
