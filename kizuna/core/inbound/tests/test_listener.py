"""The listener takes mail to wanted addresses of every community, and says 250 only for what is kept."""

import smtplib
import socket

import pytest

from kizuna.base import hosting
from kizuna.core.inbound import storage
from kizuna.core.inbound.doors import listener
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.tests.listening import listening
from kizuna.core.inbound.tests.mails import plain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lmtp(at_desk, sakura, lent_communities):
    with listening() as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        yield client


def test_a_mail_is_there_when_it_is_acknowledged(lmtp):
    raw = plain()
    assert lmtp.sendmail("taro@customer.example", ["desk@sakura.test"], raw) == {}
    mail = InboundMail.objects.get()
    assert (mail.door, mail.envelope_from, mail.recipient) == ("lmtp", "taro@customer.example", "desk@sakura.test")
    assert storage.read(mail.raw_key) == raw + b"\r\n"


def test_addresses_that_nobody_wants_are_refused(lmtp):
    for address in (
        "nobody@sakura.test",
        "desk@unknown.example",
        "desk@minato.test",
        "a@b@c",
        "desk@sakura.test.example",
    ):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            lmtp.sendmail("taro@customer.example", [address], plain())
        assert next(iter(refused.value.recipients.values()))[0] in (550, 553), address
    assert not InboundMail.objects.exists()


def test_a_host_elsewhere_that_a_route_names(lmtp):
    lmtp.sendmail("taro@customer.example", ["desk@elsewhere.example"], plain())
    assert InboundMail.objects.get().recipient == "desk@elsewhere.example"


def test_reports_come_to_the_address_of_notices(lmtp):
    lmtp.sendmail("", ["no-reply@sakura.test"], plain())
    assert InboundMail.objects.get().envelope_from == ""


def test_each_recipient_has_an_answer_of_its_own(lmtp, monkeypatch):
    real = listener.keep
    monkeypatch.setattr(
        listener, "keep",
        lambda wanted, **said: listener.LATER if "elsewhere" in wanted.address else real(wanted, **said),
    )  # fmt: skip
    lmtp.mail("taro@customer.example")
    lmtp.rcpt("desk@sakura.test")
    lmtp.rcpt("desk@elsewhere.example")
    lmtp.putcmd("data")
    assert lmtp.getreply()[0] == 354
    lmtp.send(plain() + b"\r\n.\r\n")
    assert [lmtp.getreply()[0], lmtp.getreply()[0]] == [250, 451]


def test_what_was_not_kept_is_not_acknowledged(lmtp, monkeypatch):
    def broken(key, raw):
        raise OSError("disk")

    monkeypatch.setattr(storage, "write", broken)
    with pytest.raises(smtplib.SMTPDataError) as later:
        lmtp.sendmail("taro@customer.example", ["desk@sakura.test"], plain())
    assert later.value.smtp_code == 451
    assert not InboundMail.objects.exists()


def test_too_large_mail_is_refused_before_it_comes(lmtp):
    assert lmtp.esmtp_features["size"] == str(listener.LARGEST_MAIL)
    lmtp.docmd(f"mail FROM:<a@b.example> SIZE={listener.LARGEST_MAIL + 1}")
    code, _answer = lmtp.docmd("mail", f"FROM:<a@b.example> SIZE={listener.LARGEST_MAIL + 1}")
    assert code == 552


def test_smuggled_line_ends_make_no_second_mail(lmtp):
    body = plain() + b"\n.\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<desk@sakura.test>\r\n"
    lmtp.sendmail("taro@customer.example", ["desk@sakura.test"], body)
    assert InboundMail.objects.count() == 1


def test_smtp_speaks_one_answer_for_all(at_desk, sakura, lent_communities):
    with listening("smtp") as port, smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("taro@customer.example", ["desk@sakura.test", "desk@elsewhere.example"], plain())
    assert InboundMail.objects.count() == 2


def test_more_connections_than_are_served(at_desk, sakura, lent_communities, monkeypatch):
    monkeypatch.setattr(listener, "MOST_CONNECTIONS", 2)
    with listening() as port:
        held = [smtplib.LMTP("127.0.0.1", port) for _ in range(2)]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as third:
            assert third.recv(100).startswith(b"421")
        for client in held:
            client.quit()
        again = smtplib.LMTP("127.0.0.1", port)
        again.sendmail("a@b.example", ["desk@sakura.test"], plain())
        again.quit()


def test_each_community_gets_its_own(at_desk, communities, lent_communities):
    found = listener.find("desk@sakura.test")
    assert found.community.slug == "sakura"
    assert hosting.current_or_none() is communities["sakura"]
