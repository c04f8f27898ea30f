"""What a member chooses to be told, on the page and by the link in a mail."""

import pytest
from django.test import Client

from kizuna.core.members.hashing import hashed
from kizuna.core.notifications import queries
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.models import MailPreference, MailStop, OutgoingMail, Recipient, UnsubscribeToken
from kizuna.core.notifications.queries.recipients import unsubscribe_key
from kizuna.core.notifications.tests.sink import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(settings, told, chie, ben):
    """Return the key in the unsubscribe link of a mail that Chie got."""
    with listening() as sink:
        settings.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        told(chie, actor=ben)
        send_mails(mail_ids=[OutgoingMail.objects.get().pk])
    return sink.messages()[0]["List-Unsubscribe"].split("/u/")[1].strip("/>")


def test_the_page_shows_the_defaults_and_keeps_a_choice(client_of, chie, viewer_of):
    client = client_of(chie)
    page = client.get("/notifications/settings/").content.decode()
    assert 'name="note.written" value="mail"' in page
    assert 'name="note.pinned" value="mail"' not in page, "there is no mail of that kind"
    levels = {choice.kind: choice.level for choice in queries.choices_of(viewer_of(chie))}
    assert (levels["note.written"], levels["note.pinned"], levels["note.seldom"]) == ("mail", "in_app", "in_app")
    response = client.post("/notifications/settings/", {**levels, "note.written": "off"}, follow=True)
    assert "選択を保存しました。" in response.content.decode()
    assert queries.level_of(chie.pk, kind="note.written") == "off"


@pytest.mark.parametrize("level", ["loud", "mail", ""])
def test_a_level_that_is_not_offered_is_an_error_at_its_field(client_of, chie, viewer_of, level):
    levels = {choice.kind: choice.level for choice in queries.choices_of(viewer_of(chie))}
    response = client_of(chie).post("/notifications/settings/", {**levels, "note.pinned": level})
    assert response.status_code == 422
    assert not MailPreference.objects.exists()


def test_kinds_for_staff_are_offered_to_staff(viewer_of, chie, ben):
    assert "post.held" not in {choice.kind for choice in queries.choices_of(viewer_of(chie))}
    assert "post.held" in {choice.kind for choice in queries.choices_of(viewer_of(ben))}


def test_the_page_asks_to_sign_in(client_of):
    assert client_of().get("/notifications/settings/").status_code == 302


def test_looking_at_the_link_stops_nothing(client_of, key, chie):
    page = client_of().get(f"/u/{key}/").content.decode()
    assert "止めますか" in page
    assert "Notes" in page
    assert "chie" not in page
    assert queries.level_of(chie.pk, kind="note.written") == "mail"


def test_one_click_stops_this_kind_without_signing_in_and_without_a_token_of_ours(key, chie):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(
            f"/u/{key}/", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 200
    assert "止めました" in response.content.decode()
    assert not response.cookies
    assert queries.level_of(chie.pk, kind="note.written") == "in_app"
    assert UnsubscribeToken.objects.get().used_at is not None


def test_after_that_no_mail_comes_but_the_list_goes_on(key, client_of, told, chie, ben):
    client_of().post(f"/u/{key}/")
    told(chie, actor=ben)
    assert OutgoingMail.objects.count() == 1
    assert client_of(chie).get("/notifications/counts.json").json() == {"notifications": 1}


@pytest.mark.parametrize("wrong", ["0" * 32, "KIZUNA-UNSUBSCRIBE-KEY", "x"])
def test_a_key_that_opens_nothing_is_not_found(client_of, key, wrong):
    assert client_of().get(f"/u/{wrong}/").status_code == 404
    assert client_of().post(f"/u/{wrong}/").status_code == 404


def test_a_recipient_who_is_no_member_is_stopped_by_a_record(client_of, now):
    recipient = Recipient.objects.create(address="a@example.com", address_key="a@example.com", created_at=now)
    key = unsubscribe_key(recipient, kind="note.written")
    UnsubscribeToken.objects.create(token_hash=hashed(key), recipient=recipient, kind="note.written", created_at=now)
    client_of().post(f"/u/{key}/")
    assert MailStop.objects.get().reason == "unsubscribed"
    assert queries.is_stopped(recipient, kind="note.written")
    assert not queries.is_stopped(recipient, kind="note.seldom")
