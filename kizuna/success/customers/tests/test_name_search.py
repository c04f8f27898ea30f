"""A part of a name, however short, finds exactly the customers who bear it; what is kept for that is never behind."""

from datetime import date, timedelta

import pytest

from kizuna.base.registry import Person
from kizuna.base.rows import insert_plain
from kizuna.success.customers import actions, naming
from kizuna.success.customers.actions import finding
from kizuna.success.customers.models import Account, AccountName, AccountNameTail, NameTailsDue
from kizuna.success.customers.queries import lists

pytestmark = pytest.mark.django_db

NAMES = (
    "株式会社青波堂",
    "青葉商店",
    "有限会社ことり商店",
    "Acorn Works",
    "ことりの森・青",
    "株式会社日本青葉東京サービスセンター販売",
)


def tails() -> set[tuple[int, bytes]]:
    return {(account_id, bytes(tail)) for account_id, tail in AccountNameTail.objects.values_list("account_id", "tail")}


def wanted_tails() -> set[tuple[int, bytes]]:
    names = AccountName.objects.values_list("account_id", "folded")
    return {(account_id, tail) for account_id, folded in names for tail in naming.tails(folded)}


def found(text: str) -> set[int]:
    return set(lists.by_name(Account.objects.all(), text).values_list("pk", flat=True))


def paged(text: str, viewer) -> set[int]:
    page = lists.page_of_accounts(viewer, lists.ListFilter(text=text), today=date(2026, 11, 22))
    return {account.pk for account in page.accounts}


def bearers_of(text: str) -> set[int]:
    """Return what a reading of every name finds."""
    part = naming.wanted(text)
    if not part:
        return set()
    return {pk for pk, folded in AccountName.objects.values_list("account_id", "folded") if part in folded}


@pytest.mark.parametrize("few", [1, 1_000])
def test_every_part_of_every_name_finds_whom_a_reading_of_all_names_finds(make_account, desk, monkeypatch, few):
    monkeypatch.setattr(lists, "FEW", few)
    for name in NAMES:
        make_account(name)
    parts = {
        name[first:last] for name in NAMES for first in range(len(name)) for last in range(first + 1, len(name) + 1)
    }
    searched = [part for part in sorted(parts) if naming.wanted(part)]
    assert len(searched) > 150
    for part in searched:
        assert found(part) == bearers_of(part), part
        assert paged(part, desk) == bearers_of(part), part


@pytest.mark.parametrize("few", [1, 1_000])
def test_one_letter_that_is_also_a_number_finds_both(make_account, desk, monkeypatch, few):
    monkeypatch.setattr(lists, "FEW", few)
    numbered = make_account("株式会社こだま", external_id="青")
    named = {make_account(name).pk for name in NAMES if "青" in name}
    assert found("青") == paged("青", desk) == {numbered.pk, *named}


@pytest.mark.parametrize("text", ["青_堂", "青%", "\\", "'", "堂青", "青波堂青"])
def test_what_no_name_holds_finds_nobody(make_account, text):
    make_account("株式会社青波堂")
    assert found(text) == bearers_of(text)


def test_what_is_kept_follows_new_names_other_spellings_merges_and_their_undoing(make_account, desk, now):
    kept, absorbed = make_account("株式会社青波堂", kana="アオナミドウ"), make_account("青葉商店", aliases=["あおば"])
    assert tails() == wanted_tails()
    kept = actions.change_account(viewer=desk, account=kept, fields={"name": "青波", "kana": "アオナミ"}, now=now)
    assert tails() == wanted_tails()
    assert found("青波堂") == {kept.pk}  # by its former name
    actions.change_account(viewer=desk, account=kept, fields={"aliases": ["Blue Wave"]}, now=now)
    assert found("wave") == {kept.pk}
    actions.take_back_names(viewer=desk, account_id=kept.pk, aliases=["Blue Wave"], domains=[])
    assert found("wave") == set()
    merge = actions.merge_accounts(viewer=desk, kept=kept, absorbed=absorbed, now=now)
    assert tails() == wanted_tails()
    actions.undo_merge(viewer=desk, merge=merge, now=now)
    assert tails() == wanted_tails()
    assert found("青葉") == {absorbed.pk}


def test_an_account_that_an_import_added_goes_with_what_made_it_findable(make_account, desk):
    account = make_account("株式会社青波堂")
    assert actions.take_back_accounts(viewer=desk, added={account.pk: account.updated_at}) == {}
    assert found("青波") == tails() == set()


def test_a_customer_who_was_erased_is_found_by_no_part_of_their_name(make_account, now):
    account = make_account("三浦 香織", kind="person", kana="ミウラ カオリ")
    actions.forget_contact(person=Person(account_ids=frozenset({account.pk})), now=now)
    assert found("三浦") == found("みうら") == tails() == set()


def test_everything_is_made_again_from_the_names(make_account):
    for name in NAMES:
        make_account(name)
    before = tails()
    AccountNameTail.objects.all().delete()
    assert found("青") == set()
    assert actions.rebuild_tails(report=lambda line: None) == len(NAMES)
    assert tails() == before == wanted_tails()


def brought(desk, now, *names):
    rows = [{"name": name} for name in names]
    return actions.create_accounts(viewer=desk, rows=rows, now=now, import_id=7)


def test_accounts_of_an_import_are_made_findable_many_at_once(desk, make_account, now, monkeypatch):
    monkeypatch.setattr(finding, "MANY", 2)
    monkeypatch.setattr(finding, "STEP", 3)
    make_account("青葉商店")
    made = brought(desk, now, *NAMES)
    assert found("青波") == set()
    assert actions.keep_due_tails(now=now) == len(NAMES)
    assert tails() == wanted_tails()
    assert found("青波") == {made[0].pk}
    assert actions.keep_due_tails(now=now) == 0
    assert not NameTailsDue.objects.exists()


def test_who_was_killed_on_the_way_leaves_it_to_the_next_and_nothing_stands_twice(desk, now, monkeypatch):
    brought(desk, now, *NAMES)
    monkeypatch.setattr(finding, "STEP", 3)
    written = iter(range(2))

    def dying(model, names, rows):
        if next(written, None) is None:
            raise KeyboardInterrupt
        insert_plain(model, names, rows)

    monkeypatch.setattr(finding, "insert_plain", dying)
    with pytest.raises(KeyboardInterrupt):
        actions.keep_due_tails(now=now)
    monkeypatch.setattr(finding, "insert_plain", insert_plain)
    assert actions.keep_due_tails(now=now) == 0  # it may still be at work
    assert actions.keep_due_tails(now=now + finding.HELD + timedelta(seconds=1)) == len(NAMES)
    assert tails() == wanted_tails()
    assert AccountNameTail.objects.count() == len(wanted_tails())


def test_one_that_is_renamed_or_taken_back_while_it_waits_is_found_by_what_it_is_called(desk, now):
    renamed, gone = brought(desk, now, "株式会社青波堂", "青葉商店")
    actions.change_account(viewer=desk, account=renamed, fields={"name": "ことり"}, now=now)
    assert actions.take_back_accounts(viewer=desk, added={gone.pk: gone.updated_at}) == {}
    assert actions.keep_due_tails(now=now) == 1
    assert tails() == wanted_tails()
    assert AccountNameTail.objects.count() == len(wanted_tails())


def test_a_search_among_many_asks_the_index_of_tails(make_account, django_assert_max_num_queries):
    make_account("株式会社青波堂")
    with django_assert_max_num_queries(4):
        assert len(found("青")) == 1
