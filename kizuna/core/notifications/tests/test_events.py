"""What a provider tells of bounces and complaints: believed by its secret and our mark, done once, said where it matters."""

import base64
import hashlib
import hmac
import json

import pytest
from django.utils import timezone

from kizuna.core.notifications import actions
from kizuna.core.notifications.actions.posting import write_letter
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.delivery import events
from kizuna.core.notifications.models import MailStop, OutgoingMail
from kizuna.core.notifications.tests.test_provider import TAKEN, provider

pytestmark = pytest.mark.django_db
HOOK = "/mail/events/postmark/"
SIGNING = "a signing key"


@pytest.fixture
def mail(settings):
    settings.KIZUNA_MAIL_URL = "anymail+postmark://token@"
    return write_letter(
        address="chie@example.com",
        subject="件名",
        text="本文",
        html="",
        headers={},
        is_awaited=False,
        now=timezone.now(),
    )


@pytest.fixture
def tell(client_of):
    def post(body, *, path=HOOK, secret=None, **headers):
        pair = f"kizuna:{events.secret() if secret is None else secret}"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(pair.encode()).decode(), **headers}
        client = client_of(None, raise_request_exception=False)
        return client.post(path, raw, content_type="application/json", **given).status_code

    return post


def bounce(mail, **fields):
    return {
        "RecordType": "Bounce", "Type": "HardBounce", "Email": mail.address, "MessageID": "p-1", "ID": 1,
        "Details": "smtp;550 5.1.1 unknown user", "BouncedAt": "2026-11-27T09:00:00Z",
        "Metadata": {"kizuna": events.mark_of(mail.pk)}, **fields,
    }  # fmt: skip


def test_the_mark_goes_along_with_a_mail(settings, mail):
    with provider([TAKEN]) as (url, seen):
        settings.KIZUNA_MAIL_URL = url
        send_mails(mail_ids=[mail.pk])
    assert seen[0][1]["Metadata"] == {"kizuna": events.mark_of(mail.pk)}
    assert len(events.mark_of(10**17)) <= 80, "what Postmark keeps"


def test_a_bounce_stops_mail_once(mail, tell):
    assert tell(bounce(mail)) == 200
    assert tell(bounce(mail)) == 200
    stop = MailStop.objects.get()
    assert (stop.reason, stop.recipient.address_key) == ("bounce", "chie@example.com")
    assert "550 5.1.1" in stop.detail
    mail.refresh_from_db()
    assert mail.returned_as == "bounced"


def test_a_complaint_stops_mail(mail, tell):
    assert tell(bounce(mail, RecordType="SpamComplaint", Type="SpamComplaint")) == 200
    assert MailStop.objects.get().reason == "complaint"


@pytest.mark.parametrize("kind", ["SoftBounce", "Transient", "AutoResponder", "DnsError"])
def test_what_may_pass_stops_nothing(mail, tell, kind):
    assert tell(bounce(mail, Type=kind)) == 200
    assert not MailStop.objects.exists()


def test_what_is_delivered_or_opened_is_no_matter(mail, tell):
    for kind in ("Delivery", "Open", "Click", "SubscriptionChange", "Something"):
        assert tell(bounce(mail, RecordType=kind)) == 200
    assert not MailStop.objects.exists()


def test_without_the_secret_nothing_is_believed(mail, tell, client_of):
    assert tell(bounce(mail), secret="x") == 401
    assert tell(bounce(mail), secret="") == 401
    assert client_of().post(HOOK, b"{}", content_type="application/json").status_code == 401
    assert not MailStop.objects.exists()


def test_a_renewed_secret_makes_the_old_one_worthless(mail, tell, viewer_of, aoi):
    before = events.secret()
    actions.renew_events_secret(viewer=viewer_of(aoi), now=timezone.now())
    assert tell(bounce(mail), secret=before) == 401
    assert tell(bounce(mail)) == 200


@pytest.mark.parametrize("twist", ["mark", "number", "recipient", "gone"])
def test_what_names_no_mail_of_ours_says_nothing(mail, tell, twist):
    marks = {
        "mark": f"{mail.pk}.{'0' * 32}", "number": f"{mail.pk + 1}.{events.mark_of(mail.pk).partition('.')[2]}",
        "recipient": events.mark_of(mail.pk), "gone": events.mark_of(mail.pk + 100),
    }  # fmt: skip
    told = bounce(mail, Metadata={"kizuna": marks[twist]})
    if twist == "recipient":
        told["Email"] = "somebody@else.example"
    assert tell(told) == 200
    assert not MailStop.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"[" * 50_000, b'{"RecordType": {}}', b'{"RecordType":"Bounce","Metadata":[1]}',
     b'{"RecordType":"Bounce","Type":[],"Email":5,"Metadata":{"kizuna":7}}', b'{"RecordType":"Inbound"}'],
)  # fmt: skip
def test_hostile_bodies_are_answered_plainly(mail, tell, body):
    assert tell(body) in (200, 400)
    assert not MailStop.objects.exists()


def test_too_much_is_refused(mail, tell):
    assert tell(b"{" + b" " * events.LARGEST) == 413


def test_only_the_provider_that_is_set_has_an_address(mail, tell, settings):
    assert tell(bounce(mail), path="/mail/events/mailgun/") == 404
    settings.KIZUNA_MAIL_URL = ""
    assert tell(bounce(mail)) == 404


def signed(said: dict) -> dict:
    stamp, token = "1795000000", "t" * 50
    mac = hmac.new(SIGNING.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"signature": {"timestamp": stamp, "token": token, "signature": mac}, "event-data": said}


def told_by(name: str, mail, *, is_complaint: bool):
    mark, address = {"kizuna": events.mark_of(mail.pk)}, mail.address
    said = {
        "mailgun": lambda: signed({
            "event": "complained" if is_complaint else "failed", "severity": "permanent", "reason": "bounce",
            "recipient": address, "user-variables": mark, "id": "e", "timestamp": 1795000000.1, "message": {"headers": {}},
            "delivery-status": {"code": 550, "message": "no such user"},
        }),
        "sendgrid": lambda: [{
            "event": "spamreport" if is_complaint else "bounce", "type": "bounce", "email": address, "timestamp": 1795000000,
            "reason": "550 no such user", "sg_event_id": "e", "smtp-id": "x", "sg_message_id": "m", **mark,
        }],
        "resend": lambda: {
            "type": "email.complained" if is_complaint else "email.bounced", "created_at": "2026-11-27T09:00:00.000Z",
            "data": {"email_id": "m", "to": [address], "bounce": {"message": "no such user", "type": "Permanent"},
                     "headers": [{"name": "X-Metadata", "value": json.dumps(mark)}]},
        },
        "mailjet": lambda: [{
            "event": "spam" if is_complaint else "bounce", "email": address, "time": 1795000000, "MessageID": 1,
            "hard_bounce": True, "error": "user unknown", "Payload": json.dumps(mark),
        }],
        "brevo": lambda: {
            "event": "spam" if is_complaint else "hard_bounce", "email": address, "message-id": "m", "ts_event": 1795000000,
            "X-Mailin-custom": json.dumps(mark), "reason": "unknown user",
        },
        "sparkpost": lambda: [{"msys": {"message_event": {
            "type": "spam_complaint" if is_complaint else "bounce", "bounce_class": "10", "raw_rcpt_to": address, "rcpt_meta": mark,
            "transmission_id": "m", "event_id": "e", "timestamp": "1795000000", "raw_reason": "550",
        }}}],
    }  # fmt: skip
    return said[name]()


@pytest.mark.parametrize("is_complaint", [False, True])
@pytest.mark.parametrize("name", ["mailgun", "sendgrid", "resend", "mailjet", "brevo", "sparkpost"])
@pytest.mark.filterwarnings("ignore")
def test_every_provider_is_understood(mail, tell, settings, name, is_complaint):
    keys = "key:secret" if name == "mailjet" else "key"
    settings.KIZUNA_MAIL_URL = (
        f"anymail+{name}://{keys}@?webhook_key={SIGNING.replace(' ', '%20') if name == 'mailgun' else ''}"
    )
    assert tell(told_by(name, mail, is_complaint=is_complaint), path=f"/mail/events/{name}/") == 200
    assert MailStop.objects.get().reason == ("complaint" if is_complaint else "bounce")


def test_a_signature_that_is_not_mailguns_is_refused(mail, tell, settings):
    settings.KIZUNA_MAIL_URL = "anymail+mailgun://key@?webhook_key=another"
    assert tell(told_by("mailgun", mail, is_complaint=False), path="/mail/events/mailgun/") == 401


def test_owners_see_the_address_and_renew_it(mail, client_of, aoi, emi):
    page = "/studio/mail/events-address/"
    shown = client_of(aoi).get(page)
    assert f"kizuna:{events.secret()}@" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert page in client_of(aoi).get("/studio/mail/").content.decode()
    before = events.secret()
    assert client_of(aoi).post(page).status_code == 302
    assert events.secret() != before
    assert client_of(emi).get(page).status_code == 403


def test_a_member_reads_of_it_and_lets_mail_go_again(mail, tell, chie, client_of):
    OutgoingMail.objects.update(address=chie.email)
    mail.refresh_from_db()
    tell(bounce(mail))
    from kizuna.core.notifications.actions.posting import recipients_of

    recipients_of([chie], now=timezone.now())
    client, page = client_of(chie), "/notifications/settings/"
    assert "届かなかったため" in client.get(page).content.decode()
    assert client.post(page, {"resume": "1"}).status_code == 302
    assert not MailStop.objects.exists()
    assert "届かなかったため" not in client.get(page).content.decode()


@pytest.mark.parametrize(("bounce_class", "stops"), [("10", 1), ("30", 1), ("20", 0), ("22", 0), ("52", 0)])
def test_a_full_mailbox_or_a_filter_is_no_end(mail, tell, settings, bounce_class, stops):
    settings.KIZUNA_MAIL_URL = "anymail+sparkpost://key@"
    told = told_by("sparkpost", mail, is_complaint=False)
    told[0]["msys"]["message_event"]["bounce_class"] = bounce_class
    assert tell(told, path="/mail/events/sparkpost/") == 200
    assert MailStop.objects.count() == stops
    mail.refresh_from_db()
    assert mail.returned_as == "bounced"
