"""Studio shows the ledger of mail, and no text to anybody who may not read it."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.viewer import STAFF
from kizuna.core.notifications import queries
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.models import OutgoingMail
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(told):
    """Tell now by the clock, which sending goes by."""
    return partial(told, now=timezone.now())


@pytest.fixture
def sent(told, chie, ben):
    """Return a mail to Chie, sent into the folder."""
    told(chie, actor=ben)
    send_mails(mail_ids=[OutgoingMail.objects.get().pk])
    return OutgoingMail.objects.get()


@pytest.fixture
def code(settings):
    """Return a sign-in code, sent into the folder."""
    settings.EMAIL_BACKEND = "kizuna.core.notifications.delivery.backend.LedgerBackend"
    send_mail("ログインのコード", "987654", None, ["chie@example.com"])
    run_waiting()
    return OutgoingMail.objects.get()


@pytest.mark.parametrize("path", ["/studio/mail/", "/studio/mail/1/", "/studio/mail/1/html/"])
def test_it_is_for_managers(client_of, chie, ben, path):
    assert client_of().get(path).status_code == 302
    assert client_of(chie).get(path).status_code == 403
    assert client_of(ben).get(path).status_code == 403


def test_it_lists_and_shows_a_mail(client_of, aoi, sent):
    client = client_of(aoi)
    assert "Re: お知らせ板" in client.get("/studio/mail/").content.decode()
    page = client.get(f"/studio/mail/{sent.pk}/").content.decode()
    assert "中身の文章" in page
    assert "sandbox" in page
    assert sent.message_id.strip("<>") in page


def test_the_html_part_can_do_nothing(client_of, aoi, sent):
    response = client_of(aoi).get(f"/studio/mail/{sent.pk}/html/")
    assert "中身の文章" in response.content.decode()
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "allow-" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_manager_reads_no_mail_about_what_is_not_theirs_to_see(client_of, aoi, notes, sent):
    notes[1].audience = 999
    client = client_of(aoi)
    for path in (f"/studio/mail/{sent.pk}/", "/studio/mail/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "中身の文章" not in page.content.decode()
        assert "お知らせ板" not in page.content.decode()
    assert client.get(f"/studio/mail/{sent.pk}/html/").status_code == 404


def test_a_code_in_the_folder_is_shown_to_owners_only(client_of, aoi, code):
    admin = make_member("admin_only", "admin")
    assert "987654" in client_of(aoi).get(f"/studio/mail/{code.pk}/").content.decode()
    page = client_of(admin).get(f"/studio/mail/{code.pk}/")
    assert page.status_code == 200
    assert "987654" not in page.content.decode()


def test_a_code_on_its_way_to_a_server_is_shown_to_nobody(client_of, aoi, code, settings):
    settings.KIZUNA_MAIL_URL = "smtp://127.0.0.1:9"
    assert "987654" not in client_of(aoi).get(f"/studio/mail/{code.pk}/").content.decode()


def test_it_says_why_a_mail_was_not_sent(client_of, aoi, told, notes, chie, ben):
    told(chie, actor=ben)
    notes[1].audience = STAFF
    send_mails(mail_ids=[OutgoingMail.objects.get().pk])
    page = client_of(aoi).get("/studio/mail/?state=stopped").content.decode()
    assert "この内容を見られなくなりました" in page


def test_a_long_ledger_has_pages(client_of, aoi, viewer_of, now):
    OutgoingMail.objects.bulk_create(
        OutgoingMail(message_id=f"<{number}@x>", kind="account", address=f"a{number}@example.com", created_at=now)
        for number in range(60)
    )
    client = client_of(aoi)
    first = client.get("/studio/mail/").content.decode()
    assert "a59@example.com" in first
    assert "a5@example.com" not in first
    page = queries.mail_page(viewer=viewer_of(aoi), state="", after="")
    assert "a5@example.com" in client.get(f"/studio/mail/?after={page.after}").content.decode()


def test_nothing_is_wrong_at_first(sakura):
    assert queries.mail_problems() == []


@pytest.mark.parametrize("url", ["ftp://x", "smtp://", "smtp://h:notaport", "file:"])
def test_a_bad_address_of_the_mail_server_is_named(settings, url):
    settings.KIZUNA_MAIL_URL = url
    [problem] = queries.mail_problems()
    assert "KIZUNA_MAIL_URL" in problem


def test_waiting_and_failed_mails_are_named(told, settings, chie, ben):
    settings.KIZUNA_MAIL_URL = "smtp://127.0.0.1:9"
    told(chie, actor=ben)
    send_mails(mail_ids=[OutgoingMail.objects.get().pk])
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=1))
    [late] = queries.mail_problems()
    assert "refused" in late
    OutgoingMail.objects.update(state="failed", finished_at=timezone.now())
    [failed] = queries.mail_problems()
    assert "1通" in failed
