"""A mailbox elsewhere is read once, whatever breaks on the way, and no server inside is reached through it."""

import pytest
from django.utils import timezone

from kizuna.core.inbound import actions
from kizuna.core.inbound.actions import boxes
from kizuna.core.inbound.doors import imap
from kizuna.core.inbound.models import InboundMail, MailAccount
from kizuna.core.inbound.tests.imap import serving
from kizuna.core.inbound.tests.mails import plain
from kizuna.core.members.policies import Refused

pytestmark = pytest.mark.django_db


def mail(number: int) -> bytes:
    return b"Return-Path: <taro@customer.example>\r\n" + plain(f"本文{number}", Message_ID=f"<b{number}@x>")


@pytest.fixture
def server(settings):
    with serving({1: mail(1), 2: mail(2)}) as box:
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset({f"127.0.0.1:{box.port}"})
        yield box


@pytest.fixture
def save(aoi, viewer_of):
    def run(port: int = 993, box=None, password: str = "pa ss", **fields) -> MailAccount:
        said = {
            "address": "Desk@sakura.test", "host": "127.0.0.1", "port": port, "security": "none", "username": "desk",
            "folder": "INBOX", "is_active": True, **fields,
        }  # fmt: skip
        return actions.save_box(viewer=viewer_of(aoi), box=box, fields=said, password=password, now=timezone.now())

    return run


def look(row: MailAccount) -> MailAccount:
    actions.look(box_id=row.pk, now=timezone.now())
    row.refresh_from_db()
    return row


def test_new_mail_is_kept_once_and_marked_as_seen(server, save, at_desk):
    row = look(save(server.port))
    assert (row.error, row.last_uid) == ("", 2)
    assert server.seen == [1, 2]
    first = InboundMail.objects.order_by("pk").first()
    assert (first.door, first.recipient, first.envelope_from) == ("imap", "desk@sakura.test", "taro@customer.example")
    look(row)
    assert InboundMail.objects.count() == 2
    server.mails[5] = mail(5)
    look(row)
    assert InboundMail.objects.count() == 3


def test_a_line_that_breaks_loses_nothing(server, save):
    server.cut_at = 2
    row = look(save(server.port))
    assert row.error.startswith("connection")
    assert (row.last_uid, server.seen) == (1, [1])
    assert look(row).error == ""
    assert InboundMail.objects.count() == 2


def test_killed_between_keeping_and_noting_it_is_recognised(server, save):
    row = look(save(server.port))
    MailAccount.objects.update(last_uid=0)
    look(row)
    assert InboundMail.objects.count() == 2


def test_numbers_that_begin_anew(server, save):
    row = look(save(server.port))
    server.validity, server.mails = 2, {1: mail(9)}
    row = look(row)
    assert (row.uid_validity, row.last_uid) == (2, 1)
    assert InboundMail.objects.count() == 3


def test_nothing_is_marked_before_it_is_kept(server, save, monkeypatch):
    def full(**said):
        raise actions.NotTaken("no room")

    monkeypatch.setattr(boxes, "keep", full)
    row = look(save(server.port))
    assert row.error == "kept_waiting: no room"
    assert (server.seen, row.last_uid) == ([], 0)


def test_a_mail_that_is_too_large_does_not_stop_the_others(server, save):
    server.sizes[1] = imap.LARGEST_MAIL + 1
    row = look(save(server.port))
    assert (row.last_uid, row.error, server.seen) == (2, "too_large: 1", [2])
    assert [mail.message_id for mail in InboundMail.objects.all()] == ["<b2@x>"]


def test_a_wrong_password_and_a_missing_folder_are_said(server, save, client_of, aoi):
    assert look(save(server.port, password="wrong")).error.startswith("login")
    assert "読めないメールボックス" in client_of(aoi).get("/studio/").content.decode()
    assert "パスワードで入れませんでした" in client_of(aoi).get("/studio/mail-in/settings/").content.decode()
    MailAccount.objects.all().delete()
    assert look(save(server.port, folder="Archive")).error.startswith("folder")


@pytest.mark.parametrize(
    ("host", "port", "security"),
    [
        ("127.0.0.1", 993, "tls"), ("169.254.169.254", 993, "tls"), ("localhost", 143, "starttls"), ("10.0.0.1", 993, "tls"),
        ("127.0.0.1", 22, "tls"), ("127.0.0.1", 993, "none"),
    ],
)  # fmt: skip
def test_servers_inside_are_not_reached(save, host, port, security, monkeypatch):
    def never(*args, **options):
        raise AssertionError("connected")

    monkeypatch.setattr(imap.socket, "create_connection", never)
    assert look(save(port, host=host, security=security)).error == "not_allowed"


def test_the_password_is_sealed_and_never_shown(server, save, client_of, aoi):
    row = save(server.port, password="geheim9")
    assert "geheim9" not in row.sealed_password
    assert "geheim9" not in client_of(aoi).get(f"/studio/mail-in/boxes/{row.pk}/").content.decode()


def test_whoever_sends_the_password_elsewhere_must_know_it(server, save):
    row = save(server.port)
    with pytest.raises(Refused):
        save(server.port, box=row, password="", host="evil.example")
    assert save(server.port, box=row, password="", address="other@sakura.test").sealed_password


@pytest.mark.parametrize("fields", [{"folder": 'INBOX"\r\nA LOGOUT'}, {"username": 'a" b'}, {"address": "x"}])
def test_words_that_would_be_commands_are_refused(save, fields):
    with pytest.raises(Refused):
        save(**fields)


def test_only_managers_set_mailboxes(desk_viewer, save):
    with pytest.raises(Refused):
        actions.save_box(viewer=desk_viewer, box=None, fields={}, password="x", now=timezone.now())


@pytest.fixture
def desk_viewer(emi, viewer_of):
    return viewer_of(emi)


def test_a_mailbox_is_added_in_studio_and_removed(client_of, aoi):
    client = client_of(aoi)
    sent = {
        "address": "desk@sakura.test", "host": "imap.example.com", "port": "993", "security": "tls", "username": "desk",
        "password": "x", "folder": "INBOX",
    }  # fmt: skip
    assert client.post("/studio/mail-in/boxes/new/", sent).status_code == 302
    row = MailAccount.objects.get()
    assert not row.is_active
    assert client.post("/studio/mail-in/boxes/new/", sent).status_code == 422
    assert client.post(f"/studio/mail-in/boxes/{row.pk}/", {"remove": "1"}).status_code == 302
    assert not MailAccount.objects.exists()
