"""A support address, a customer with a person, and mails that arrive."""

import pytest
from django.utils import timezone

from kizuna.core.inbound import actions as inbound
from kizuna.core.inbound.tests.mails import plain
from kizuna.core.notifications.tests.sink import listening
from kizuna.success.customers.tests.conftest import account, desk, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_api import api  # noqa: F401
from kizuna.success.mailbox import actions


@pytest.fixture(autouse=True)
def _plain_installation(settings, monkeypatch):
    settings.KIZUNA_BASE_URL = settings.KIZUNA_MAIL_URL = ""
    monkeypatch.setattr("kizuna.core.inbound.proof.ask_dns", lambda name, timeout=0: None)


@pytest.fixture
def support(aoi, viewer_of):
    return actions.save_address(
        viewer=viewer_of(aoi), support=None, address="Support@sakura.test", name="さくらサポート", category="製品",
        has_tags=True, is_active=True, now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def arrive(support):
    def run(raw: bytes | None = None, *, to: str = "support@sakura.test", envelope_from: str = "taro@customer.example"):
        now = timezone.now()
        mail = inbound.keep(
            raw=plain() if raw is None else raw, recipient=to, envelope_from=envelope_from, door="lmtp", now=now
        )
        inbound.take(mail_id=mail.pk, now=now)
        mail.refresh_from_db()
        return mail

    return run


@pytest.fixture
def sink(settings):
    with listening() as sink:
        settings.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        yield sink


PROVEN = "mx.sakura.test; dkim=pass header.d=customer.example"


@pytest.fixture
def trusted(db):
    """Believe mx.sakura.test."""
    from kizuna.core.community.actions import change_setting
    from kizuna.core.inbound.settings import RECEIVER

    change_setting(RECEIVER, value="mx.sakura.test", member_id=None)
    return {"Authentication_Results": PROVEN}
