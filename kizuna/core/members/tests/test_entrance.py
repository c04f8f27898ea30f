"""Signing in by code and password: the way in, the limits, and that nobody learns who is a member."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.members import actions, signin
from kizuna.core.members.models import Member, SignIn

PASSWORD = "correct horse battery"


@pytest.fixture
def with_password(chie):
    chie.set_password(PASSWORD)
    chie.save()
    return chie


def is_signed_in(client) -> bool:
    return signin.COOKIE in client.cookies and bool(client.cookies[signin.COOKIE].value)


def test_the_code_of_the_mail_signs_in(client_of, chie, enter):
    client = client_of()
    response = enter(client, "Chie@Example.com ")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert mail.outbox[0].to == ["chie@example.com"]
    assert SignIn.objects.get().method == "code"
    assert Activity.objects.get(verb="member.signed_in").actor_id == chie.pk


def test_full_width_digits_and_spaces_are_accepted(client_of, chie, last_code):
    client = client_of()
    client.post("/signin/", {"email": chie.email})
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in last_code())
    client.post("/signin/code/", {"code": wide})
    assert is_signed_in(client)


def test_nobody_is_kept_signed_in_by_a_session_and_the_flow_ends(client_of, chie, enter):
    client = client_of()
    client.post("/signin/", {"email": chie.email})
    assert Session.objects.count() == 1
    enter(client, chie.email)
    assert not Session.objects.exists()
    assert not client.cookies["flow"].value
    client.cookies.pop(signin.COOKIE)
    assert client.get("/account/").status_code == 302


def test_the_code_is_not_in_the_session(client_of, chie, last_code):
    client = client_of()
    client.post("/signin/", {"email": chie.email})
    assert last_code() not in str(Session.objects.get().get_decoded())


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_ends_the_flow(client_of, chie, last_code):
    client = client_of()
    client.post("/signin/", {"email": chie.email})
    code = last_code()
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        response = client.post("/signin/code/", {"code": wrong})
        assert response.status_code == 422
        assert f"{left}回" in response.content.decode()
    assert client.post("/signin/code/", {"code": wrong}).status_code == 302
    client.post("/signin/code/", {"code": code})
    assert not is_signed_in(client)


def test_a_code_is_good_once_and_for_ten_minutes(client_of, chie, last_code, time_machine_at):
    client = client_of()
    client.post("/signin/", {"email": chie.email})
    code = last_code()
    with time_machine_at(timezone.now() + timedelta(minutes=10, seconds=1)):
        client.post("/signin/code/", {"code": code})
        assert not is_signed_in(client)
    client.post("/signin/", {"email": chie.email})
    code = last_code()
    client.post("/signin/code/", {"code": code})
    other = client_of()
    other.post("/signin/code/", {"code": code})
    assert not is_signed_in(other)


def test_a_new_mail_makes_the_old_code_worthless(client_of, chie, last_code, time_machine_at):
    client = client_of()
    client.post("/signin/", {"email": chie.email})
    old = last_code()
    assert client.post("/signin/code/again/").status_code == 302
    assert len(mail.outbox) == 1  # too soon
    with time_machine_at(timezone.now() + timedelta(seconds=61)):
        client.post("/signin/code/again/")
        assert len(mail.outbox) == 2
        if old != last_code():
            client.post("/signin/code/", {"code": old})
            assert not is_signed_in(client)
        client.post("/signin/code/", {"code": last_code()})
        assert is_signed_in(client)


def test_codes_of_one_address_are_limited_over_all_flows(chie, last_code):
    for _flow in range(6):
        Client().post("/signin/", {"email": chie.email})
    response = Client().post("/signin/", {"email": chie.email.upper()})
    assert response.status_code == 429
    assert "回数が多すぎます" in response.content.decode()
    assert len(mail.outbox) == 6


@pytest.mark.parametrize("mode", ["invitation", "approval", "open"])
def test_the_answer_is_the_same_for_members_and_strangers(chie, joining, mode):
    joining(mode)
    answers = []
    for email in (chie.email, "nobody@example.com"):
        client = Client()
        first = client.post("/signin/", {"email": email})
        second = client.get(first.headers["Location"])
        wrong = client.post("/signin/code/", {"code": "12"})
        answers.append([first.status_code, *(f"{page.status_code} {_page(page, email)}" for page in (second, wrong))])
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 2


def _page(response, email):
    import re

    return re.sub(r'value="[^"]{64}"', "", response.content.decode().replace(email, "EMAIL"))


def test_a_stranger_where_joining_is_closed_gets_a_mail_without_a_code(joining, last_code):
    joining("invitation")
    Client().post("/signin/", {"email": "nobody@example.com"})
    with pytest.raises(AttributeError):
        last_code()


def test_password_signs_in(client_of, with_password):
    client = client_of()
    response = client.post("/signin/", {"email": with_password.email, "password": PASSWORD, "next": "/members/"})
    assert response.headers["Location"] == "/members/"
    assert is_signed_in(client)
    assert SignIn.objects.get().method == "password"
    assert not mail.outbox


@pytest.mark.parametrize("email", ["chie@example.com", "nobody@example.com"])
def test_a_wrong_password_is_an_error_at_its_field_and_the_same_for_everybody(client_of, with_password, email):
    response = client_of().post("/signin/", {"email": email, "password": "wrong wrong wrong"})
    assert response.status_code == 422
    assert _page(response, email) == _page(
        client_of().post("/signin/", {"email": "x@example.com", "password": "w"}), "x@example.com"
    )


def test_a_stranger_costs_a_password_hash_like_a_member(with_password, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    calls = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda *args, real=real, **kwargs: calls.append(1) or real(*args, **kwargs)
        )
    costs = []
    for email in (with_password.email, "nobody@example.com"):
        calls.clear()
        Client().post("/signin/", {"email": email, "password": "wrong"})
        costs.append(len(calls))
    assert costs == [1, 1]


def test_tries_of_a_password_are_limited_per_login_whatever_the_case(with_password):
    for _try in range(10):
        Client().post("/signin/", {"email": "chie@example.com", "password": "wrong"})
    client = Client()
    response = client.post("/signin/", {"email": "CHIE@example.com", "password": PASSWORD})
    assert response.status_code == 429
    page = response.content.decode()
    assert "回数が多すぎます" in page
    assert "CHIE@example.com" in page, "what was typed stays"
    assert not is_signed_in(client)


def test_a_forged_forwarded_address_does_not_make_another_client(with_password):
    from kizuna.core.members.models import AttemptCount

    for number in range(3):
        Client().post(
            "/signin/",
            {"email": f"x{number}@example.com", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
    assert AttemptCount.objects.get(action="password.network").count == 3


def test_a_trusted_proxy_tells_the_address_and_what_stands_before_it_is_ignored(settings, rf):
    from kizuna.core.members.clients import address_of, network_of

    request = rf.get("/", headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.9"})
    assert address_of(request) == "127.0.0.1"
    settings.KIZUNA_TRUSTED_PROXIES = 1
    assert address_of(request) == "203.0.113.9"
    assert address_of(rf.get("/", headers={"X-Forwarded-For": "not an address"})) == ""
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil",
        "minato.test",
    ],
)
def test_nobody_is_led_to_another_site(client_of, with_password, target):
    client = client_of()
    response = client.post("/signin/", {"email": with_password.email, "password": PASSWORD, "next": target})
    assert response.headers["Location"] in ("/", "minato.test")
    assert client_of(with_password).get("/signin/", {"next": target}).headers["Location"] in ("/", "minato.test")


@pytest.mark.parametrize(("state", "page"), [("suspended", "/signin/suspended/"), ("waiting", "/signin/waiting/")])
def test_who_may_not_enter_is_told_only_after_the_proof(client_of, chie, enter, state, page):
    Member.objects.filter(pk=chie.pk).update(state=state)
    client = client_of()
    response = enter(client, chie.email)
    assert response.headers["Location"] == page
    assert client.get(page).status_code == 200
    assert not is_signed_in(client)


def test_signing_out_takes_a_post_and_ends_the_row(client_of, chie):
    client = client_of(chie)
    assert client.get("/signout/").status_code == 200
    assert SignIn.objects.get().revoked_at is None
    client.post("/signout/")
    assert SignIn.objects.get().revoked_at is not None
    assert client.get("/account/").status_code == 302


def test_a_page_of_members_leads_to_signing_in_and_back(client_of, chie, enter):
    client = client_of()
    response = client.get("/members/?q=x")
    assert response.headers["Location"] == "/signin/?next=%2Fmembers%2F%3Fq%3Dx"
    response = enter(client, chie.email, next="/members/?q=x")
    assert response.headers["Location"] == "/members/?q=x"


def test_a_fragment_sends_the_whole_browser_to_signing_in(client_of):
    response = client_of().get("/members/", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith("/signin/")


def test_what_was_typed_survives_an_expired_sign_in(client_of, chie, enter):
    client = client_of(chie)
    actions.sign_out_everywhere(member_id=chie.pk, now=timezone.now())
    typed = {"name": "千恵 & <co>", "bio": "一行目\n二行目", "audience": "1", "kind": "normal", "password": "secret"}
    response = client.post("/account/", typed)
    assert response.headers["Location"].startswith("/signin/")
    assert "書きかけ" in client.get(response.headers["Location"]).content.decode()
    response = enter(client, chie.email, next="/signin/resume/")
    assert response.headers["Location"] == "/signin/resume/"
    page = client.get("/signin/resume/").content.decode()
    assert "千恵 &amp; &lt;co&gt;" in page
    assert "secret" not in page
    assert '<div class="quotebox">normal' not in page, "what a choice sends was written by nobody"
    assert "normal</textarea>" in page, "and is sent along"
    assert 'action="/account/"' in page
    assert not Session.objects.exists()


def test_what_was_typed_is_shown_to_nobody_else(client_of, chie, ben, enter):
    client = client_of()
    client.post("/account/", {"name": "private words"})
    enter(client, chie.email)
    client.cookies[signin.COOKIE] = actions.start_sign_in(member=ben, method="test", now=timezone.now())
    assert "private words" not in client.get("/signin/resume/", follow=True).content.decode()


def test_what_one_member_typed_does_not_wait_for_another_on_the_same_device(client_of, chie, ben, enter):
    client = client_of(chie)
    actions.sign_out_everywhere(member_id=chie.pk, now=timezone.now())
    client.post("/account/", {"name": "private words"})
    response = enter(client, ben.email, next="/signin/resume/")
    assert is_signed_in(client)
    assert "private words" not in client.get(response.headers["Location"], follow=True).content.decode()


def test_too_much_text_is_not_kept(client_of):
    client = client_of()
    client.post("/account/", {"name": "x" * 70_000})
    assert not Session.objects.exists()


def test_entrance_pages_need_a_csrf_token(chie):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/signin/", {"email": chie.email}).status_code == 403


@pytest.mark.parametrize("path", ["/signin/", "/signup/", "/password/reset/"])
def test_pages_with_forms_carry_a_csrf_cookie_and_are_not_stored(client_of, path):
    response = client_of().get(path)
    assert list(response.cookies) == ["csrf"]
    assert "no-store" in response.headers["Cache-Control"]


def test_the_sign_in_cookie_is_out_of_reach_of_scripts_and_other_sites(client_of, chie, enter):
    client = client_of()
    cookie = enter(client, chie.email).cookies[signin.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"


def test_a_mail_that_cannot_leave_is_told_and_nothing_typed_is_lost(client_of, chie, monkeypatch):
    from django.core.mail import EmailMultiAlternatives

    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    response = client_of().post("/signin/", {"email": chie.email})
    assert response.status_code == 422
    assert chie.email in response.content.decode()
