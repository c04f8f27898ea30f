import shutil
from functools import partial

import pytest
from django.utils import timezone

from kizuna.base.registry import resolve
from kizuna.core.inbound import actions, storage
from kizuna.core.inbound.tests import desk
from kizuna.core.inbound.tests.mails import plain


@pytest.fixture(autouse=True)
def _plain_installation(settings, monkeypatch):
    settings.KIZUNA_BASE_URL = settings.KIZUNA_MAIL_URL = ""
    monkeypatch.delenv("KIZUNA_CLAMD", raising=False)


@pytest.fixture(autouse=True)
def _no_mails_of_other_tests(sakura):
    shutil.rmtree(storage.folder(), ignore_errors=True)


@pytest.fixture(autouse=True)
def no_dns(monkeypatch):
    """Keep every test off the network: DNS knows nothing unless a test says so."""
    known: dict[bytes, bytes] = {}
    monkeypatch.setattr("kizuna.core.inbound.proof.ask_dns", lambda name, timeout=0: known.get(name.rstrip(b".")))
    return known


@pytest.fixture
def at_desk(settings):
    """Declare the route of the tests and return what it took."""
    settings.KIZUNA_DECLARATIONS = [*settings.KIZUNA_DECLARATIONS, *desk.NAMES]
    resolve._everything.cache_clear()
    desk.TAKEN.clear()
    yield desk.TAKEN
    resolve._everything.cache_clear()


@pytest.fixture
def arrive(db):
    """Return a function that keeps a mail and takes it, as the job does."""

    def run(raw: bytes | None = None, *, to: str = "desk@sakura.test", envelope_from: str = "taro@customer.example"):
        now = timezone.now()
        mail = actions.keep(
            raw=plain() if raw is None else raw, recipient=to, envelope_from=envelope_from, door="lmtp", now=now
        )
        actions.take(mail_id=mail.pk, now=now)
        mail.refresh_from_db()
        return mail

    return partial(run)
