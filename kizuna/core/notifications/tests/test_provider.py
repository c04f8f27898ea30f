"""Mail by a provider's API: what it says counts like the answer of a mail server, and our Message-ID stays."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import unquote

import pytest
from django.utils import timezone

from kizuna.core.notifications.actions.posting import write_letter
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.delivery import transport
from kizuna.core.notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
TAKEN = (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "p-1", "To": "chie@example.com"})


@contextmanager
def provider(answers: list):
    """Stand in for a provider: one answer for each request; what it was sent is in `seen`."""
    seen: list[tuple[dict, dict]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((dict(self.headers), body))
            status, said = answers.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield (
            f"anymail+postmark://tok%2Fen@?api_url=http://127.0.0.1:{server.server_port}/&from=square@sakura.test",
            seen,
        )
        server.shutdown()
    thread.join(5)


@contextmanager
def api(answers: list):
    """Stand in for any provider: what it was sent is kept as text."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace"))
            status, said = answers.pop(0)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_port, seen
        server.shutdown()
    thread.join(5)


def letter() -> OutgoingMail:
    return write_letter(
        address="chie@example.com", subject="件名", text="本文", html="<p>本文</p>", headers={"Auto-Submitted": "auto-generated"},
        is_awaited=False, now=timezone.now(),
    )  # fmt: skip


def test_a_mail_goes_by_the_api(settings):
    with provider([TAKEN]) as (url, seen):
        settings.KIZUNA_MAIL_URL = url
        mail = letter()
        send_mails(mail_ids=[mail.pk])
    headers, body = seen[0]
    assert headers["X-Postmark-Server-Token"] == "tok/en"
    assert (body["To"], body["Subject"], body["TextBody"]) == ("chie@example.com", "件名", "本文")
    named = {item["Name"]: item["Value"] for item in body["Headers"]}
    assert named["Message-ID"] == mail.message_id
    assert named["X-PM-KeepID"] == "true"
    mail.refresh_from_db()
    assert mail.state == "sent"


@pytest.mark.parametrize(
    ("status", "said", "state"),
    [
        (500, {"ErrorCode": 1, "Message": "down"}, "waiting"), (429, {"ErrorCode": 1, "Message": "slow"}, "waiting"),
        (401, {"ErrorCode": 10, "Message": "key"}, "waiting"), (422, {"ErrorCode": 300, "Message": "bad"}, "failed"),
        (422, {"ErrorCode": 406, "Message": "inactive: Found inactive addresses: chie@example.com."}, "failed"),
    ],
)  # fmt: skip
def test_what_a_provider_says_counts(settings, status, said, state):
    with provider([(status, said)]) as (url, _seen):
        settings.KIZUNA_MAIL_URL = url
        mail = letter()
        send_mails(mail_ids=[mail.pk])
    mail.refresh_from_db()
    assert mail.state == state
    assert "tok/en" not in mail.error


def test_a_provider_that_is_away_is_asked_once_for_a_batch(settings):
    settings.KIZUNA_MAIL_URL = "anymail+postmark://token@?api_url=http://127.0.0.1:9/"
    mails = [letter(), letter()]
    send_mails(mail_ids=[mail.pk for mail in mails])
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"waiting"}


@pytest.mark.parametrize(
    "url", ["anymail+nobody://x@", "anymail+postmark://", "anymail+mailjet://key@", "anymail+os://x@"]
)
def test_a_provider_that_is_unknown_or_has_no_key(settings, url):
    settings.KIZUNA_MAIL_URL = url
    with pytest.raises(transport.BadMailURL):
        transport.open_transport()


OTHERS = {
    "mailgun": ("key", {"id": "<m@x>", "message": "Queued. Thank you."}),
    "sendgrid": ("key", {}),
    "brevo": ("key", {"messageId": "<m@x>"}),
    "resend": ("key", {"id": "m"}),
    "sparkpost": ("key", {"results": {"id": "m", "total_accepted_recipients": 1, "total_rejected_recipients": 0}}),
    "mailjet": (
        "key:secret",
        {"Messages": [{"Status": "success", "To": [{"Email": "chie@example.com", "MessageID": 1}]}]},
    ),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.filterwarnings("ignore")
def test_every_provider_gets_our_number_and_its_failures_count(settings, name):
    keys, taken = OTHERS[name]
    with api([(200, taken), (503, {"message": "down"}), (400, {"message": "bad"})]) as (port, seen):
        settings.KIZUNA_MAIL_URL = f"anymail+{name}://{keys}@?api_url=http://127.0.0.1:{port}/&sender_domain=sakura.test&from=square@sakura.test"
        mails = [letter() for _ in range(3)]
        for mail in mails:
            send_mails(mail_ids=[mail.pk])
    states = list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["sent", "waiting", "failed"]
    number = mails[0].message_id.strip("<>")
    assert number in unquote(seen[0])
    assert f"{mails[0].pk}." in seen[0], "the mark by which it tells of bounces"
