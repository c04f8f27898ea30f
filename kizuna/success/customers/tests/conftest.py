"""An account with a contract and people, and those who may not see it."""

from datetime import date

import pytest

from kizuna.success.customers import actions
from tests.cast import make_member

LINE = {"product": "みせばこ", "plan": "スタンダード", "seats": 4, "unit_price": 12_000, "tax_percent": 10}


@pytest.fixture
def desk(emi, viewer_of):
    """Emi as a viewer: a success manager."""
    return viewer_of(emi)


@pytest.fixture
def ken(db):
    """An analyst: reads the desk and changes nothing."""
    return make_member("ken", "analyst")


@pytest.fixture
def make_account(desk, now):
    """Return a function that adds an account as Emi."""

    def make(name="株式会社青波堂", **fields):
        return actions.create_account(viewer=desk, fields={"name": name, **fields}, now=now)

    return make


@pytest.fixture
def account(make_account):
    return make_account(kana="アオナミドウ", external_id="C-1", domains=["aonami.co.jp"])


@pytest.fixture
def contract(account, desk, now):
    """A monthly contract of four seats until the end of January."""
    fields = {
        "external_id": "K-1",
        "title": "みせばこ",
        "starts_on": date(2026, 2, 1),
        "ends_on": date(2027, 1, 31),
        "notice_by": date(2026, 12, 31),
    }
    return actions.sign_contract(viewer=desk, account=account, fields=fields, lines=[LINE], now=now)


@pytest.fixture
def person(account, desk, now):
    fields = {
        "name": "三浦 香織",
        "kana": "ミウラ カオリ",
        "email": "Miura@aonami.co.jp",
        "department": "通販部",
        "title": "責任者",
    }
    return actions.add_contact(viewer=desk, account=account, fields=fields, now=now)
