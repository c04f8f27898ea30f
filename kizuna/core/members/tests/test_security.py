"""Passwords, second steps, passkeys, devices, tokens and confirming: who may, what it ends, and who is told."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.utils import timezone

from kizuna.core.members import actions, signin
from kizuna.core.members.models import ApiToken, Member, SignIn

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SENSITIVE = [
    "/account/password/",
    "/account/email/",
    "/account/two-step/on/",
    "/account/passkeys/add/",
    "/account/tokens/",
    "/account/export/",
    "/account/leave/",
]


@pytest.fixture
def with_password(chie):
    chie.set_password(PASSWORD)
    chie.save()
    return chie


def digits(shift=0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + shift))


def is_signed_in(client) -> bool:
    return signin.COOKIE in client.cookies and bool(client.cookies[signin.COOKIE].value)


def grow_stale(sakura):
    SignIn.objects.update(confirmed_at=timezone.now() - signin.CONFIRMED_FOR)
    sakura.caches.pop("sign_ins", None)


@pytest.mark.parametrize("path", SENSITIVE)
def test_sensitive_pages_ask_again_after_a_while(client_of, chie, sakura, path):
    client = client_of(chie)
    assert client.get(path).status_code == 200
    grow_stale(sakura)
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/confirm/?next=")


@pytest.mark.parametrize("path", [*SENSITIVE, "/account/", "/account/security/", "/account/agreements/"])
def test_visitors_are_led_to_signing_in(client_of, path):
    assert client_of().get(path).headers["Location"].startswith("/signin/?next=")


def test_confirming_by_password_goes_on_where_one_wanted(client_of, with_password, sakura):
    client = client_of(with_password)
    grow_stale(sakura)
    wrong = client.post("/account/confirm/", {"way": "password", "password": "wrong", "next": "/account/leave/"})
    assert wrong.status_code == 422
    response = client.post("/account/confirm/", {"way": "password", "password": PASSWORD, "next": "/account/leave/"})
    assert response.headers["Location"] == "/account/leave/"
    assert client.get("/account/leave/").status_code == 200


def test_confirming_by_mail_works_without_a_password(client_of, chie, sakura, last_code):
    client = client_of(chie)
    grow_stale(sakura)
    client.post("/account/confirm/", {"way": "mail", "next": "/account/leave/"})
    client.post("/account/confirm/", {"way": "code", "code": last_code(), "next": "/account/leave/"})
    assert client.get("/account/leave/").status_code == 200


def test_with_two_steps_on_a_weaker_way_does_not_confirm(client_of, with_password, sakura):
    TOTP.activate(with_password, SECRET)
    client = client_of(with_password)
    grow_stale(sakura)
    client.post("/account/confirm/", {"way": "password", "password": PASSWORD})
    client.post("/account/confirm/", {"way": "mail"})
    assert not mail.outbox
    assert client.get("/account/leave/").status_code == 302
    client.post("/account/confirm/", {"way": "app", "code": digits()})
    assert client.get("/account/leave/").status_code == 200


def test_a_new_password_ends_other_devices_keeps_this_one_and_is_told(client_of, with_password):
    phone, laptop = client_of(with_password), client_of(with_password)
    response = phone.post("/account/password/", {"password1": "another long phrase"})
    assert response.status_code == 302
    assert phone.get("/account/").status_code == 200
    assert laptop.get("/account/").status_code == 302
    assert mail.outbox[0].to == [with_password.email]
    assert Member.objects.get(pk=with_password.pk).check_password("another long phrase")


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("short7!", False),
        ("password123", False),
        ("chie@example.com", False),
        ("12345678", False),
        ("x" * 257, False),
        ("花が咲く朝の市場へ行く", True),
        ("just eight", True),
        ("z" * 64 + "é", True),
    ],
)
def test_passwords_are_judged_by_length_and_by_what_everybody_uses(client_of, chie, password, is_good):
    response = client_of(chie).post("/account/password/", {"password1": password})
    assert (response.status_code == 302) == is_good
    if not is_good:
        assert 'id="id_password1_error"' in response.content.decode()


def test_passwords_are_stored_by_argon2(client_of, chie):
    client_of(chie).post("/account/password/", {"password1": PASSWORD})
    assert Member.objects.get(pk=chie.pk).password.startswith("argon2$argon2id$")


def reset_link(client, email):
    client.post("/password/reset/", {"email": email})
    return re.search(r"https://sakura.test(/password/reset/key/\S+)", mail.outbox[-1].body).group(1)


def test_a_reset_goes_to_the_stored_address_by_our_own_address_and_works_once(client_of, with_password):
    session = client_of(with_password)
    client = client_of()
    client.post("/password/reset/", {"email": "CHIE@example.com"}, headers={"Host": "sakura.test"})
    assert mail.outbox[-1].to == [with_password.email]
    link = reset_link(client, with_password.email)
    page = client.get(link, follow=True)
    assert link not in page.request["PATH_INFO"]  # the secret has left the address
    form = page.request["PATH_INFO"]
    assert client.post(form, {"password1": "another long phrase"}).headers["Location"] == "/signin/"
    assert not is_signed_in(client)  # a second step, where there is one, still stands
    assert session.get("/account/").status_code == 302
    assert Member.objects.get(pk=with_password.pk).check_password("another long phrase")
    again = client_of().get(link, follow=True).content.decode()
    assert "期限が切れています" in again


@pytest.mark.parametrize("host", ["evil.example", "sakura.test:80@evil.example", "evil.example:8000"])
def test_a_forged_host_is_in_no_link(with_password, host):
    Client().post("/password/reset/", {"email": with_password.email}, headers={"Host": host})
    for message in mail.outbox:
        assert "evil" not in str(message.message())
        assert "https://sakura.test/password/reset/key/" in message.body


def test_a_reset_answers_the_same_for_strangers_and_imported_authors(client_of, with_password):
    Member.objects.create(
        handle="old", name="Old", email="old@example.com", email_key="old@example.com", is_imported=True,
        joined_at=timezone.now(),
    )  # fmt: skip
    answers = set()
    for email in (with_password.email, "nobody@example.com", "old@example.com"):
        response = client_of().post("/password/reset/", {"email": email})
        answers.add((response.status_code, response.headers["Location"]))
    assert len(answers) == 1
    assert [("/password/reset/key/" in message.body) for message in mail.outbox] == [True, False, False]


def test_a_list_of_addresses_gets_no_second_mail(client_of, with_password):
    response = client_of().post("/password/reset/", {"email": [with_password.email, "evil@example.com"]})
    assert response.status_code in (302, 422)
    assert all(message.to in (["chie@example.com"], ["evil@example.com"]) for message in mail.outbox)
    assert len(mail.outbox) <= 1
    assert not any(
        "/password/reset/key/" in message.body for message in mail.outbox if message.to != ["chie@example.com"]
    )


def test_two_steps_are_switched_on_with_an_app_and_asked_for_at_sign_in(client_of, with_password):
    client = client_of(with_password)
    page = client.get("/account/two-step/on/").content.decode()
    secret = re.search(r'<pre class="mono" tabindex="0">(\w+)</pre>', page).group(1)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    response = client.post("/account/two-step/on/", {"code": code})
    assert response.headers["Location"] == "/account/recovery-codes/"
    recovery = re.findall(r"\b(\d{8})\b", client.get("/account/recovery-codes/").content.decode())
    assert len(recovery) == 10
    assert secret not in str(Authenticator.objects.get(type="totp").data)

    visitor = client_of()
    response = visitor.post("/signin/", {"email": with_password.email, "password": PASSWORD, "next": "/members/"})
    assert response.headers["Location"] == "/signin/second/"
    assert not is_signed_in(visitor)
    assert visitor.post("/signin/second/", {"code": "000000"}).status_code == 422
    response = visitor.post("/signin/second/", {"code": recovery[0]})
    assert response.headers["Location"] == "/members/"
    assert is_signed_in(visitor)
    assert SignIn.objects.latest("id").method == "password+recovery"


def test_a_one_time_password_is_good_once(client_of, with_password):
    TOTP.activate(with_password, SECRET)
    code = digits()
    first, second = client_of(), client_of()
    for client in (first, second):
        client.post("/signin/", {"email": with_password.email, "password": PASSWORD})
        from django.core.cache import cache

        cache.clear()  # another process would not know either
        client.post("/signin/second/", {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_tries_of_the_second_step_are_limited(client_of, with_password):
    TOTP.activate(with_password, SECRET)
    client = client_of()
    client.post("/signin/", {"email": with_password.email, "password": PASSWORD})
    for _try in range(10):
        client.post("/signin/second/", {"code": "000000"})
    client.post("/signin/second/", {"code": digits()})
    assert not is_signed_in(client)


def test_an_e_mail_code_is_no_way_around_the_second_step(client_of, with_password, enter):
    TOTP.activate(with_password, SECRET)
    client = client_of()
    assert enter(client, with_password.email).headers["Location"] == "/signin/second/"
    assert not is_signed_in(client)


def test_switching_two_steps_off_is_told(client_of, with_password):
    TOTP.activate(with_password, SECRET)
    client_of(with_password).post("/account/two-step/off/")
    assert not Authenticator.objects.exists()
    assert len(mail.outbox) == 1


def test_the_address_changes_after_the_new_one_is_proven_and_the_old_one_is_told(client_of, chie, last_code):
    client = client_of(chie)
    client.post("/account/email/", {"email": "New@Example.com"})
    assert mail.outbox[0].to == ["New@Example.com"]
    client.post("/account/email/code/", {"code": last_code()})
    chie.refresh_from_db()
    assert (chie.email, chie.email_key) == ("New@Example.com", "new@example.com")
    assert mail.outbox[1].to == ["chie@example.com"]


def test_an_address_of_somebody_else_is_not_taken(client_of, chie, ben, last_code):
    client = client_of(chie)
    client.post("/account/email/", {"email": ben.email})
    assert client.post("/account/email/code/", {"code": last_code()}).status_code == 422
    chie.refresh_from_db()
    assert chie.email == "chie@example.com"


def test_a_code_for_one_purpose_is_no_good_for_another(client_of, chie, last_code):
    client = client_of(chie)
    client.post("/account/email/", {"email": "new@example.com"})
    code = last_code()
    client.cookies.pop(signin.COOKIE)
    client.post("/signin/code/", {"code": code})
    assert not is_signed_in(client)


def test_the_list_of_devices_ends_one_or_all(client_of, chie):
    phone, laptop = client_of(chie), client_of(chie)
    rows = list(SignIn.objects.order_by("id"))
    page = phone.get("/account/security/").content.decode()
    assert page.count("/end/") == 3
    phone.post(f"/account/devices/{rows[1].pk}/end/")
    assert laptop.get("/account/").status_code == 302
    assert phone.get("/account/").status_code == 200
    phone.post("/account/devices/end/")
    assert phone.get("/account/").status_code == 302


def test_nobody_ends_the_devices_of_others(client_of, chie, ben):
    other = client_of(chie)
    row = SignIn.objects.get()
    assert client_of(ben).post(f"/account/devices/{row.pk}/end/").status_code == 403
    assert other.get("/account/").status_code == 200


def test_a_token_is_shown_once_and_listed_without_its_secret(client_of, chie):
    client = client_of(chie)
    page = client.post("/account/tokens/", {"name": "script", "scopes": ["read"]}).content.decode()
    secret = re.search(r"kz_[\w-]{32}", page).group(0)
    assert secret not in client.get("/account/tokens/").content.decode()
    assert mail.outbox[0].to == [chie.email]
    client.post(f"/account/tokens/{ApiToken.objects.get().pk}/revocation/")
    assert ApiToken.objects.get().revoked_at is not None


def test_leaving_asks_for_the_handle_and_signs_out(client_of, chie):
    client = client_of(chie)
    assert client.post("/account/leave/", {"handle": "ben"}).status_code == 422
    assert client.post("/account/leave/", {"handle": "@chie"}).status_code == 200
    assert Member.objects.get(pk=chie.pk).state == "erased"
    assert client.get("/account/").status_code == 302


def test_the_copy_holds_ones_own_records_and_nobody_elses(client_of, chie, ben):
    import json

    response = client_of(chie).get("/account/export/")
    copy = json.loads(b"".join(response.streaming_content))
    assert copy["members.profile"][0]["email"] == chie.email
    assert "千恵" in str(copy)
    assert ben.email not in str(copy)
    assert "password" not in str(copy["members.profile"])


def test_secrets_of_the_second_step_are_read_after_a_change_of_the_installations_secret(settings, chie, rf):
    from kizuna.core.members.adapters import MFAAdapter

    vault = MFAAdapter()
    kept = vault.encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of this installation" * 2
    assert vault.decrypt(kept) == SECRET


def test_a_confirmation_is_forgotten_after_its_time(client_of, chie, sakura, time_machine_at):
    client = client_of(chie)
    with time_machine_at(timezone.now() + signin.CONFIRMED_FOR + timedelta(seconds=1)):
        assert client.get("/account/leave/").status_code == 302


def test_confirming_leads_to_no_other_site(client_of, with_password):
    response = client_of(with_password).post(
        "/account/confirm/", {"way": "password", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert response.headers["Location"] == "/account/security/"


def test_actions_of_the_system_cannot_be_reached_by_a_request(client_of, aoi):
    assert actions.system_viewer().sign_in_id is None
    assert client_of(aoi).get("/m/system/").status_code == 404
