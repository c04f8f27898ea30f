"""Rows from plain values: every type of value comes back as it was given, on both databases."""

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from kizuna.base.rows import insert_many, insert_plain, update_many
from kizuna.success.customers.models import (
    Account,
    AccountChange,
    AccountDomain,
    AccountName,
    AccountNameTail,
    Contract,
    ContractLine,
)
from kizuna.success.imports.models import ImportRun

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 3, 4, 5, 678901, tzinfo=UTC)
HOSTILE = '\'; DROP TABLE x; -- {"a",NULL} \\ %s 𠮷\n\t'


@pytest.fixture
def accounts() -> list[Account]:
    rows = [
        Account(name=name, kind=Account.Kind.FIRM, created_at=NOW, updated_at=NOW) for name in (HOSTILE, "NULL", "")
    ]
    return insert_many(rows)


def test_objects_come_back_as_they_were(accounts):
    for row in accounts:
        here = Account.objects.get(pk=row.pk)
        names = [field.attname for field in Account._meta.concrete_fields]
        assert [getattr(here, name) for name in names] == [getattr(row, name) for name in names]
    later = Account.objects.create(name="later", created_at=NOW, updated_at=NOW)
    assert later.pk > max(row.pk for row in accounts)


def test_values_of_every_type_come_back_as_they_were(accounts):
    state = {"name": HOSTILE, "n": 1, "list": [None, True, 2.5], "empty": {}}
    first, second, _third = accounts
    rows = [(first.pk, NOW, None, ["a"], state), (second.pk, NOW, None, [], {})]
    insert_plain(AccountChange, ["account", "at", "by", "fields", "state"], rows)
    assert (
        list(AccountChange.objects.order_by("pk").values_list("account_id", "at", "by_id", "fields", "state")) == rows
    )
    tails = [(first.pk, b"\x00\xff\\'\""), (second.pk, b"")]
    insert_plain(AccountNameTail, ["account", "tail"], tails)
    found = AccountNameTail.objects.order_by("pk").values_list("account_id", "tail")
    assert [(pk, bytes(tail)) for pk, tail in found] == tails
    contracts = insert_many([
        Contract(account=first, starts_on=date(2024, 2, 29), billing=Contract.Billing.YEARLY, is_auto_renewed=flag,
                 created_at=NOW, updated_at=NOW)
        for flag in (True, False)
    ])  # fmt: skip
    found = Contract.objects.order_by("pk").values_list("starts_on", "ends_on", "billing", "is_auto_renewed")
    assert list(found) == [(date(2024, 2, 29), None, "yearly", True), (date(2024, 2, 29), None, "yearly", False)]
    assert isinstance(contracts[0].pk, int)
    insert_many([ContractLine(contract=contracts[0], product="x", unit_price=10**13, starts_on=date(2024, 2, 29))])
    assert ContractLine.objects.get().unit_price == 10**13


def test_what_is_there_is_left_out_where_conflicts_are_ignored(accounts):
    rows = [(accounts[0].pk, "aonami.example", False, NOW)] * 2
    columns = ["account", "domain", "is_verified", "created_at"]
    insert_plain(AccountDomain, columns, rows, ignore_conflicts=True)
    assert AccountDomain.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_plain(AccountDomain, columns, rows)


def test_a_text_that_is_too_long_is_refused_where_the_database_minds_and_never_cut(accounts):
    row = (accounts[0].pk, "own", "あ" * 161, "a", "a", NOW, None)
    columns = ["account", "kind", "text", "folded", "match_key", "since", "until"]
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            insert_plain(AccountName, columns, [row])
    else:
        insert_plain(AccountName, columns, [row])
        assert len(AccountName.objects.get().text) == 161


def test_many_objects_are_written_as_they_are_now(accounts):
    for number, row in enumerate(accounts):
        row.name, row.employee_count, row.fit = f"{HOSTILE}{number}", number or None, Account.Fit.YES
        row.industry = "not written"
    update_many(accounts, ["name", "employee_count", "fit", "parent"])
    found = Account.objects.order_by("pk").values_list("name", "employee_count", "fit", "industry")
    assert list(found) == [(f"{HOSTILE}{number}", number or None, "yes", "") for number in range(3)]
    runs = insert_many([ImportRun(kind="x", file_name="x", digest="x", byte_count=1, created_at=NOW, updated_at=NOW)])
    runs[0].columns, runs[0].undone_at = [{"header": HOSTILE}], NOW
    update_many(runs, ["columns", "undone_at"])
    assert ImportRun.objects.values_list("columns", "undone_at").get() == ([{"header": HOSTILE}], NOW)


def test_nothing_is_nothing(accounts):
    insert_plain(AccountDomain, ["account", "domain", "is_verified", "created_at"], [])
    update_many([], ["name"])
    update_many(accounts, [])
    assert insert_many([]) == []
