"""Shops that ask, and those who answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.success.answering import actions
from kizuna.success.customers.tests.conftest import account, contract, desk, ken, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_api import api  # noqa: F401
from kizuna.success.inbox.actions.receiving import Arrival, receive

HOLIDAYS = (
    ("年末年始の休業日を商品ページに出したい", "12月31日から1月3日まで休みます。商品ページに休業日を表示するにはどうすればよいですか。"),
    ("年末年始の休業日の表示", "年末年始の休業日を商品ページに表示したいです。"),
    ("休業日を商品ページに表示", "年末年始の休業日を、商品ページに出す方法を教えてください。"),
    ("年末年始の休業日", "商品ページに年末年始の休業日を表示できますか。"),
)  # fmt: skip
OTHERS = (
    ("請求書の宛名を変えたいです", "来月分から請求書の宛名を本社あてに変えてください。"),
    ("写真が横向きになります", "スマートフォンで撮った商品写真が横向きになります。"),
)


@pytest.fixture
def ask(db):
    """Return a function that takes an inquiry in."""

    def make(title, body, *, channel="mail", customer=None, contact=None, days=0, sender="taro@shop.example", key=""):
        now = timezone.now()
        arrival = Arrival(
            channel,
            title,
            body,
            now - timedelta(days=days),
            sender=sender,
            account_id=customer.pk if customer else None,
            contact_id=contact.pk if contact else None,
            external_id=key,
        )
        return receive(arrival=arrival, now=now).inquiry

    return make


@pytest.fixture
def compare():
    """Return a function that does what the job does."""

    def run():
        now = timezone.now()
        actions.take_in(now=now, limit=100)
        actions.give_meanings(limit=100)
        actions.link_waiting(now=now, limit=100)

    return run


@pytest.fixture
def holidays(ask, make_account, compare):  # noqa: F811
    """Four that ask the same, of three customers and somebody unknown, among others."""
    shops = [make_account(name=name) for name in ("株式会社こめ工房", "和紙のこだま", "森下花店")]
    asked = [ask(*said, customer=shop) for said, shop in zip(HOLIDAYS, [*shops, None], strict=True)]
    for said in OTHERS:
        ask(*said)
    compare()
    return asked
