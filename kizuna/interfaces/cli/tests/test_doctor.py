"""`kizuna doctor` names what is wrong, each thing once, and what to do."""

import datetime as dt
import socket

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from kizuna.base.jobs.models import Job, WorkerHeartbeat
from kizuna.interfaces.cli import examination
from tests.databases import is_postgresql


def found(findings, subject, state):
    return [finding.sentence for finding in findings if (finding.subject, finding.state) == (subject, state)]


@pytest.fixture
def installation(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("KIZUNA_SECRET_KEY", raising=False)
    settings.KIZUNA_HOME = tmp_path
    settings.KIZUNA_MAIL_URL = ""
    return settings


def examined():
    return list(examination.of_installation())


def test_a_key_that_others_can_read_is_bad(installation, tmp_path):
    key = tmp_path / "secret_key"
    key.write_text("x" * 50)
    key.chmod(0o644)
    assert "chmod 600" in found(examined(), "secret", "bad")[0]
    key.chmod(0o600)
    assert found(examined(), "secret", "ok")


@pytest.mark.parametrize(
    ("url", "is_https", "state"),
    [("", False, "note"), ("http://c.example.com", False, "bad"), ("https://c.example.com", True, "ok")],
)
def test_an_address_without_https_is_bad(installation, url, is_https, state):
    installation.KIZUNA_BASE_URL, installation.IS_HTTPS = url, is_https
    assert found(examined(), "address", state)


def test_a_mail_address_of_no_known_kind_is_bad(installation):
    installation.KIZUNA_MAIL_URL = "imap://mail.example.com"
    assert "smtp://" in found(examined(), "mail", "bad")[0]


def test_a_mail_server_that_does_not_answer_is_bad(installation):
    with socket.socket() as closed:  # bound and not listening: nobody answers there
        closed.bind(("127.0.0.1", 0))
        installation.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{closed.getsockname()[1]}"
        assert "does not answer" in found(examined(), "mail", "bad")[0]


@pytest.mark.django_db
def test_a_sound_community_has_nothing_bad_but_what_the_tests_server_leaves_out(sakura):
    bad = [finding for finding in examination.of_community(sakura) if finding.state == "bad"]
    # The throw-away server does not wait for the disk, and doctor says so.
    wanted = {"fsync = off", "full_page_writes = off"} if is_postgresql() else set()
    assert {next((word for word in wanted if word in finding.sentence), finding.sentence) for finding in bad} == wanted


@pytest.mark.django_db
def test_waiting_migrations_are_named_and_the_rest_is_not_asked(sakura):
    [(app, newest)] = MigrationLoader(connection).graph.leaf_nodes("search")
    MigrationRecorder(connection).record_unapplied(app, newest)
    findings = list(examination.of_community(sakura))
    assert [finding.state for finding in findings] == ["bad"]
    assert "kizuna migrate" in findings[0].sentence
    assert f"search.{newest}" in findings[0].sentence


@pytest.mark.django_db
def test_a_worker_is_missed_after_two_minutes(sakura):
    now = timezone.now()
    assert any("no worker" in note for note in found(list(examination.of_community(sakura)), "sakura", "note"))
    WorkerHeartbeat.objects.create(worker="w", seen_at=now - dt.timedelta(minutes=1))
    assert "a worker is at work" in found(list(examination.of_community(sakura)), "sakura", "ok")


@pytest.mark.django_db
def test_failed_jobs_are_counted_with_the_last_error(sakura):
    now = timezone.now()
    Job.objects.create(
        name="mail.send", state=Job.State.FAILED, error="Traceback\nOSError: refused", run_at=now, created_at=now,
        finished_at=now,
    )  # fmt: skip
    assert any(
        note == "1 jobs failed for good; the last was mail.send: OSError: refused"
        for note in found(list(examination.of_community(sakura)), "sakura", "note")
    )


@pytest.mark.parametrize(("secret", "state"), [("short", "bad"), ("a" * 80, "bad"), ("Zk3-9fQ" * 8 + "xyzw", "ok")])
def test_a_secret_that_can_be_guessed_is_named(installation, monkeypatch, secret, state):
    monkeypatch.setenv("KIZUNA_SECRET_KEY", secret)
    assert found(examined(), "secret", state)


def test_what_is_set_and_not_used_is_named(installation, monkeypatch):
    monkeypatch.setenv("KIZUNA_S3_URL", "s3://bucket")
    assert "KIZUNA_S3_URL" in found(examined(), "settings", "note")[0]
