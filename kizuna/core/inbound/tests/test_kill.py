"""A listener killed at any moment has acknowledged nothing that is lost, and what is brought again is kept once."""

import os
import signal
import smtplib
import subprocess
import sys
import time

import pytest
from django.db import OperationalError
from django.utils import timezone

from kizuna.base.jobs.tests.killing import ROOT
from kizuna.core.inbound import actions, storage
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.tests.faulty import POINTS
from kizuna.core.inbound.tests.listening import free_port
from kizuna.core.inbound.tests.mails import plain

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]
ADDRESS = "no-reply@sakura.test"  # wanted without any route
MAILS = 4


@pytest.fixture
def listener(lent_communities, sakura):
    started: list[subprocess.Popen] = []

    def start(point: str, nth: int = 2) -> tuple[subprocess.Popen, int]:
        port = free_port()
        command = [sys.executable, "-m", "kizuna.core.inbound.tests.faulty", point, str(nth), str(port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "KIZUNA_PROCESS": "mail"}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1], port

    yield start
    for process in started:
        process.kill()
        process.wait()


def opened(port: int) -> smtplib.LMTP:
    deadline = time.monotonic() + 60
    while True:
        try:
            return smtplib.LMTP("127.0.0.1", port)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def bring(port: int) -> set[int]:
    """Bring all mails; return which were acknowledged."""
    acknowledged = set()
    with opened(port) as client:
        for number in range(MAILS):
            try:
                client.sendmail("", [ADDRESS], plain(f"本文{number}", Message_ID=f"<k{number}@x>"))
            except (smtplib.SMTPException, OSError):
                break
            acknowledged.add(number)
        client.sock and client.sock.close()
        client.sock = client.file = None
    return acknowledged


def assert_nothing_acknowledged_is_lost(listener, point: str) -> None:
    process, port = listener(point)
    acknowledged = bring(port)
    assert process.wait(timeout=30) == -signal.SIGKILL
    kept = set(InboundMail.objects.values_list("message_id", flat=True))
    assert {f"<k{number}@x>" for number in acknowledged} <= kept
    assert all(storage.path_of(mail.raw_key).exists() for mail in InboundMail.objects.all())
    process, port = listener("none")
    assert bring(port) == set(range(MAILS))
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert InboundMail.objects.count() == MAILS


def test_a_listener_killed_between_the_bytes_and_the_row(listener):
    assert_nothing_acknowledged_is_lost(listener, "before_the_row")


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_listener_killed_anywhere(listener, point):
    assert_nothing_acknowledged_is_lost(listener, point)


def test_one_mail_by_four_connections_at_once_is_one(at_once):
    def once():
        return actions.keep(
            raw=plain(), recipient=ADDRESS, envelope_from="a@b.example", door="lmtp", now=timezone.now()
        ).pk

    results = at_once([once] * 4)
    kept = [result for result in results if isinstance(result, int)]
    assert len(set(kept)) == 1, results
    # Whoever found SQLite's one place taken for too long is told to come again.
    assert all(isinstance(result, OperationalError) for result in results if result not in kept), results
    assert InboundMail.objects.count() == 1
    assert storage.path_of(InboundMail.objects.get().raw_key).exists()
