"""What becomes of a kept mail: taken once by whoever wants its address, or set aside with the reason."""

import io
import socket
import struct
import threading
import zipfile
from contextlib import contextmanager

import pytest
from django.utils import timezone

from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.files.models import File
from kizuna.core.inbound import actions, storage
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.scanning import ScannerAway
from kizuna.core.inbound.tests.mails import file_part, multipart, plain, text_part
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db


def test_a_mail_is_taken_once(arrive, at_desk):
    mail = arrive()
    assert (mail.state, mail.route, mail.target_type, mail.target_id) == ("taken", "desk", "desk", 1)
    assert (mail.from_address, mail.subject, mail.text) == ("taro@customer.example", "お問い合わせ", "こんにちは。")
    assert not mail.is_proven
    actions.take(mail_id=mail.pk, now=timezone.now())
    assert len(at_desk) == 1


def test_the_job_does_the_same(at_desk):
    actions.keep(
        raw=plain(), recipient="desk@sakura.test", envelope_from="a@b.example", door="imap", now=timezone.now()
    )
    run_waiting()
    assert len(at_desk) == 1
    assert not Job.objects.filter(name="inbound.take").exclude(state="done").exists()


@pytest.mark.parametrize(
    ("headers", "envelope_from", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "a@b.example", "auto_reply"),
        ({}, "", "no_return"),
        ({"List_Id": "<l>"}, "l@b.example", "mass"),
    ],
)
def test_machines_are_set_aside_and_answered_by_nobody(arrive, at_desk, headers, envelope_from, why):
    mail = arrive(plain(**headers), envelope_from=envelope_from)
    assert (mail.state, mail.why) == ("aside", why)
    assert not at_desk
    assert not OutgoingMail.objects.exists()


def test_what_was_set_aside_can_be_taken_by_hand(arrive, at_desk, viewer_of, aoi, emi):
    mail = arrive(plain(Precedence="bulk"))
    with pytest.raises(Refused):
        actions.take_by_hand(viewer=viewer_of(emi), mail=mail, now=timezone.now())
    after = actions.take_by_hand(viewer=viewer_of(aoi), mail=mail, now=timezone.now())
    assert after.state == "taken"
    with pytest.raises(Refused):
        actions.take_by_hand(viewer=viewer_of(aoi), mail=after, now=timezone.now())
    assert len(at_desk) == 1


def test_mail_that_nobody_wants_any_more_and_mail_that_cannot_be_read(arrive, at_desk):
    assert arrive(to="gone@sakura.test").state == "nobody"
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(300))
    assert arrive(b"Message-ID: <deep@x>\r\n" + deep).state == "unreadable"
    assert arrive(b"").state == "taken", "an empty mail is a mail"


def test_lost_bytes_are_said(at_desk):
    mail = actions.keep(raw=plain(), recipient="desk@sakura.test", envelope_from="a@b", door="lmtp", now=timezone.now())
    storage.remove(mail.raw_key)
    actions.take(mail_id=mail.pk, now=timezone.now())
    assert InboundMail.objects.get().why == "bytes_lost"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/a.xml", b"0" * 210_000_000)
    return out.getvalue()


def test_files_are_screened_by_what_they_are(arrive, at_desk):
    raw = multipart(
        text_part("添付"),
        file_part('filename="../../etc/見積.pdf"', b"%PDF-1.4"),
        file_part('filename="photo.jpg"', b"MZ\x90\x00" + b"\x00" * 50),
        file_part('filename="bomb.xlsx"', bomb()),
        file_part('filename="run\u202egpj.exe"', b"MZ\x00"),
    )
    mail = arrive(raw)
    assert [file.name for file in File.objects.all()] == ["見積.pdf"]
    assert at_desk[0].file_keys == (File.objects.get().key,)
    assert [name for name, _why in mail.files_refused] == ["photo.jpg", "bomb.xlsx", "run gpj.exe"]


def test_more_files_than_a_mail_may_bring(arrive, at_desk):
    arrive(multipart(text_part("x"), *[file_part(f'filename="{n}.txt"', b"text") for n in range(25)]))
    assert len(at_desk[0].file_keys) == 20
    assert at_desk[0].files_refused[-1][0] == "5"


@contextmanager
def scanner(answers: list[bytes]):
    """Answer as clamd does, once for each connection; what it was sent is in `seen`."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for answer in answers:
                connection, _ = server.accept()
                with connection, connection.makefile("rb") as lines:
                    assert lines.read(10) == b"zINSTREAM\0"
                    body = b""
                    while size := struct.unpack("!L", lines.read(4))[0]:
                        body += lines.read(size)
                    seen.append(body)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", seen


def test_a_virus_is_left_out_and_named(arrive, at_desk, monkeypatch):
    with scanner([b"stream: Eicar-Test-Signature FOUND\0", b"stream: OK\0"]) as (place, seen):
        monkeypatch.setenv("KIZUNA_CLAMD", place)
        mail = arrive(
            multipart(text_part("x"), file_part('filename="a.txt"', b"EICAR"), file_part('filename="b.txt"', b"good"))
        )
    assert seen == [b"EICAR", b"good"]
    assert len(at_desk[0].file_keys) == 1
    assert "Eicar-Test-Signature" in mail.files_refused[0][1]


def test_a_mail_waits_while_the_scanner_is_away(arrive, at_desk, monkeypatch):
    monkeypatch.setenv("KIZUNA_CLAMD", "/nonexistent/clamd")
    with pytest.raises(ScannerAway):
        arrive(multipart(text_part("x"), file_part('filename="a.txt"', b"x")))
    assert InboundMail.objects.get().state == "waiting"
    assert not at_desk
