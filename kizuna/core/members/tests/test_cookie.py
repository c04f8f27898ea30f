"""The sign-in cookie: what it opens, for how long, and how it ends."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from kizuna.core.members import actions, signin
from kizuna.core.members.models import Member, SignIn


def known(cookie, *, now=None):
    return signin.known_from(cookie, now=now or timezone.now())


def elsewhere(sakura):
    """Make this process forget, as another process would not know yet or a few seconds passed."""
    sakura.caches.pop("sign_ins", None)


@pytest.fixture
def cookie(chie):
    return actions.start_sign_in(member=chie, method="test", now=timezone.now())


def test_the_cookie_opens_the_member(cookie, chie):
    assert known(cookie).viewer.member_id == chie.pk


def test_the_cookie_is_refused_when_any_part_of_it_is_changed(cookie, ben):
    value, _, signature = cookie.rpartition(":")
    parts = value.split(".")
    for position, other in ((0, str(ben.pk)), (1, "999"), (2, "7"), (3, "x" * 22)):
        changed = ".".join([*parts[:position], other, *parts[position + 1 :]])
        assert known(f"{changed}:{signature}") is None
    assert known(value) is None
    assert known("") is None


def test_the_stored_row_does_not_hold_what_the_cookie_holds(cookie):
    key = cookie.rpartition(":")[0].split(".")[3]
    assert key not in str(SignIn.objects.values().get())


def test_a_cookie_of_another_community_opens_nothing(cookie, sakura, communities, django_db_blocker):
    from contextvars import Context

    from kizuna.base.hosting import entered

    def in_minato():
        with entered(communities["minato"]):
            return known(cookie)

    assert Context().run(in_minato) is None


def test_signing_out_everywhere_ends_it_at_once_in_this_process(cookie, chie):
    assert known(cookie)
    actions.sign_out_everywhere(member_id=chie.pk, now=timezone.now())
    assert known(cookie) is None


def test_revocation_elsewhere_is_noticed_within_the_recheck_time(cookie, chie, monkeypatch):
    assert known(cookie)
    SignIn.objects.update(revoked_at=timezone.now())  # as another process does: this one's memory is not told
    assert known(cookie)
    clock = signin.time.monotonic()
    monkeypatch.setattr(signin.time, "monotonic", lambda: clock + 5.1)
    assert known(cookie) is None
    assert signin.RECHECK_SECONDS <= 5


def test_suspension_ends_it_at_once(cookie, chie, ben, viewer_of):
    assert known(cookie)
    actions.suspend_member(viewer=viewer_of(ben), member_id=chie.pk, reason="spam", now=timezone.now())
    assert known(cookie) is None


def test_it_ends_after_its_lifetime_and_after_a_long_absence(cookie, sakura):
    now = timezone.now()
    elsewhere(sakura)
    assert known(cookie, now=now + signin.IDLE_LIFETIME) is None
    SignIn.objects.update(last_seen_at=now + signin.LIFETIME)
    assert known(cookie, now=now + signin.LIFETIME) is None


def test_revoking_one_device_leaves_the_other(chie, viewer_of):
    now = timezone.now()
    phone = actions.start_sign_in(member=chie, method="test", now=now)
    laptop = actions.start_sign_in(member=chie, method="test", now=now)
    viewer = known(phone).viewer
    actions.revoke_sign_in(viewer=viewer, sign_in_id=viewer.sign_in_id, now=now)
    assert known(phone) is None
    assert known(laptop)


def test_nobody_revokes_the_sign_in_of_somebody_else(cookie, ben, viewer_of):
    from kizuna.core.members.policies import Refused

    row = SignIn.objects.get()
    with pytest.raises(Refused):
        actions.revoke_sign_in(viewer=viewer_of(ben), sign_in_id=row.pk, now=timezone.now())
    assert known(cookie)


def test_a_role_counts_at_once(cookie, chie, aoi, viewer_of):
    assert not known(cookie).viewer.roles
    actions.grant_role(viewer=viewer_of(aoi), member_id=chie.pk, role="moderator", now=timezone.now())
    assert known(cookie).viewer.roles == {"moderator"}


def test_requests_of_a_member_use_no_django_session(client_of, chie):
    client_of(chie).get("/nowhere/")
    assert not Session.objects.exists()


def test_when_the_member_was_seen_is_written_at_most_every_few_minutes(client_of, chie, sakura):
    client = client_of(chie)
    client.get("/nowhere/")
    first = SignIn.objects.get().last_seen_at
    client.get("/nowhere/")
    assert SignIn.objects.get().last_seen_at == first
    SignIn.objects.update(last_seen_at=first - timedelta(minutes=6))
    elsewhere(sakura)
    client.get("/nowhere/")
    assert SignIn.objects.get().last_seen_at > first - timedelta(minutes=1)
    assert Member.objects.get(pk=chie.pk).last_seen_on is not None


def test_a_visitor_gets_no_cookie(client_of, opened):
    response = client_of().get("/nowhere/")
    assert not response.cookies
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_answers_to_a_member_are_stored_nowhere(client_of, chie):
    assert client_of(chie).get("/nowhere/").headers["Cache-Control"] == "private, no-store"


def test_a_dead_cookie_is_taken_back(client_of, chie):
    client = client_of(chie)
    actions.sign_out_everywhere(member_id=chie.pk, now=timezone.now())
    assert client.get("/nowhere/").cookies[signin.COOKIE]["max-age"] == 0


def test_a_chosen_language_is_remembered_in_a_cookie_and_used(client_of, opened):
    client = client_of()
    assert client.get("/nowhere/?lang=en").headers["Content-Language"] == "en"
    assert client.get("/nowhere/").headers["Content-Language"] == "en"
    assert client.get("/nowhere/?lang=<b>").headers["Content-Language"] == "en"
