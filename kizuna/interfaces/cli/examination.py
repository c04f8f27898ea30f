"""The examinations of `kizuna doctor`. Each finding says what is, and what to do when it should be otherwise."""

import os
import shutil
import smtplib
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from kizuna.base.hosting import Community
from kizuna.base.jobs.models import Job, WorkerHeartbeat
from kizuna.base.registry import problems
from kizuna.core.notifications.queries import mail_problems
from kizuna.interfaces.cli import catalogues
from kizuna.interfaces.cli.errors import meaning

LEAST_SECRET, LEAST_LETTERS = 32, 8
NOT_YET = {"KIZUNA_S3_URL": "files lie in the folder", "REDIS_URL": "caches lie in each process"}
LOW_DISK_BYTES = 1_000_000_000
SMTP_PORT, SMTPS_PORT = 587, 465


@dataclass(frozen=True)
class Finding:
    """`note` works but may not be what is wanted; `bad` does not work or loses something."""

    state: Literal["ok", "note", "bad"]
    subject: str
    sentence: str


def of_installation() -> Iterator[Finding]:
    """Examine what all communities share."""
    yield _home(settings.KIZUNA_HOME)
    yield _secret(settings.KIZUNA_HOME / "secret_key")
    yield _address()
    for name, instead in NOT_YET.items():
        if os.environ.get(name):
            yield Finding("note", "settings", f"{name} is not used yet: {instead}.")
    yield _mail(settings.KIZUNA_MAIL_URL)
    yield _fonts()
    yield _catalogues()
    yield _declarations()
    for message in run_checks():
        state: Literal["note", "bad"] = "note" if message.level <= WARNING else "bad"
        yield Finding(state, "settings", f"{message.msg} {message.hint or ''}".strip())


def of_community(community: Community) -> Iterator[Finding]:
    """Examine the community entered."""
    slug = community.slug
    try:
        pending = _pending_migrations()
    except DatabaseError as error:
        yield Finding("bad", slug, meaning(error) or f"the database does not answer ({error}).")
        return
    if pending:
        yield Finding("bad", slug, f"{len(pending)} migrations are waiting ({pending[0]} …). Run `kizuna migrate`.")
        return
    yield Finding("ok", slug, "the database has today's tables")
    yield from (Finding(state, slug, sentence) for state, sentence in _durability())
    yield from (Finding(state, slug, sentence) for state, sentence in _jobs())
    with translation.override("en"):
        yield from (Finding("bad", slug, sentence) for sentence in mail_problems())


def _home(home: Path) -> Finding:
    if not os.access(home if home.exists() else home.parent, os.W_OK):
        return Finding("bad", "folder", f"{home} cannot be written to. Set KIZUNA_HOME to a folder of this user.")
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    if free < LOW_DISK_BYTES:
        return Finding(
            "bad", "folder", f"only {free // 1_000_000} MB are free in {home}. Make room: a full disk refuses posts."
        )
    return Finding("ok", "folder", f"{home}, {free // 1_000_000_000} GB free")


def _secret(file: Path) -> Finding:
    if given := os.environ.get("KIZUNA_SECRET_KEY"):
        if len(given) < LEAST_SECRET or len(set(given)) < LEAST_LETTERS:
            sentence = "KIZUNA_SECRET_KEY can be guessed. Take 50 random letters: head -c 48 /dev/urandom | base64"
            return Finding("bad", "secret", sentence)
        return Finding("ok", "secret", "from KIZUNA_SECRET_KEY")
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Finding("bad", "secret", f"{file} can be read by others. Run `chmod 600` on it.")
    return Finding("ok", "secret", f"kept in {file}")


def _address() -> Finding:
    if not settings.KIZUNA_BASE_URL:
        return Finding("note", "address", "KIZUNA_BASE_URL is not set: only this machine is served, without https.")
    if not settings.IS_HTTPS:
        return Finding("bad", "address", "KIZUNA_BASE_URL is not https: cookies could be read on the way.")
    return Finding("ok", "address", settings.KIZUNA_BASE_URL)


def _mail(url: str) -> Finding:
    if not url:
        return Finding(
            "note", "mail", "KIZUNA_MAIL_URL is not set: mail is written to the folder `mail` of each community."
        )
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Finding("note", "mail", f"mail is written to {unquote(parts.path)} and not sent.")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        return Finding("bad", "mail", "KIZUNA_MAIL_URL must begin with smtp://, smtps:// or file://.")
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(
            parts.hostname, parts.port or (SMTPS_PORT if parts.scheme == "smtps" else SMTP_PORT), timeout=5
        ) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            "bad", "mail", f"{parts.hostname} does not answer ({error}). Mail waits and is sent when it does."
        )
    return Finding("ok", "mail", f"{parts.hostname} answers")


def _fonts() -> Finding:
    program = shutil.which("fc-list")
    listed = subprocess.run([program, ":lang=ja"], capture_output=True, check=False).stdout if program else b""  # noqa: S603
    if not listed.strip():
        return Finding(
            "note",
            "fonts",
            "no Japanese font on this machine: browsers here (screenshots) draw boxes. Debian: fonts-noto-cjk.",
        )
    return Finding("ok", "fonts", "a Japanese font is installed")


def _catalogues() -> Finding:
    missing = [file for file in catalogues.catalogue_files() if not file.with_suffix(".mo").exists()]
    if missing:
        return Finding(
            "bad", "translations", f"{len(missing)} catalogues are not compiled. Run `kizuna messages compile`."
        )
    return Finding("ok", "translations", "compiled")


def _declarations() -> Finding:
    wrong = problems()
    return (
        Finding("bad", "declarations", "; ".join(wrong))
        if wrong
        else Finding("ok", "declarations", "every name resolves")
    )


def _pending_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]


def _durability() -> Iterator[tuple[Literal["ok", "bad"], str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
            is_safe = journal == "wal" and synchronous == 2
            yield (
                ("ok", "SQLite keeps what it acknowledged")
                if is_safe
                else (
                    "bad",
                    f"SQLite runs with journal {journal}, synchronous {synchronous}: a power cut may lose posts.",
                )
            )
            verdict = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
            yield (
                ("ok", "the file is sound")
                if verdict == "ok"
                else ("bad", f"the file is damaged: {verdict}. Restore a backup.")
            )
            return
        for name in ("synchronous_commit", "fsync", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
            if value == "off":
                yield "bad", f"PostgreSQL runs with {name} = off: a crash may lose acknowledged posts."
            else:
                yield "ok", f"{name} = {value}"


def _jobs() -> Iterator[tuple[Literal["ok", "note", "bad"], str]]:
    seen = WorkerHeartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    now = datetime.now(UTC)
    if seen is None or now - seen > timedelta(minutes=2):
        yield "note", "no worker has been seen for two minutes: start `kizuna serve` or `kizuna worker`."
    else:
        yield "ok", "a worker is at work"
    failed = Job.objects.filter(state=Job.State.FAILED)
    if count := failed.count():
        latest = failed.order_by("-finished_at", "-pk").first()
        *_, reason = ["", *latest.error.strip().splitlines()]
        yield "note", f"{count} jobs failed for good; the last was {latest.name}: {reason}"
