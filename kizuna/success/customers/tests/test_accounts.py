"""Accounts are added and changed by those who may, and every past moment stays readable."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions
from kizuna.success.customers.actions.checking import CHUNK
from kizuna.success.customers.models import Account, AccountName, AccountOwnership
from kizuna.success.customers.queries import past

pytestmark = pytest.mark.django_db


def test_an_account_is_added_with_its_names_domain_history_and_activity(account, desk):
    assert account.reading == "あおなみどう"
    assert set(account.names.values_list("kind", "match_key")) == {("own", "青波堂"), ("kana", "あおなみどう")}
    assert list(account.domains.values_list("domain", "is_verified")) == [("aonami.co.jp", False)]
    assert account.changes.get().fields == ["added"]
    assert Activity.objects.get(verb="account.added").actor_id == desk.member_id


@pytest.mark.parametrize("who", ["ken", "chie", "ben"])
def test_only_the_desk_changes_customers(request, viewer_of, who, now):
    viewer = viewer_of(request.getfixturevalue(who))
    with pytest.raises(Refused):
        actions.create_account(viewer=viewer, fields={"name": "株式会社青波堂"}, now=now)
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"name": ""}, "name"),
        ({"name": "あ" * 161}, "name"),
        ({"kind": "planet"}, "kind"),
        ({"corporate_number": "1234567890123"}, "corporate_number"),
        ({"parent_id": 999_999}, "parent"),
        ({"owner_id": 999_999}, "owner"),
        ({"employee_count": -1}, "employee_count"),
        ({"employee_count": True}, "employee_count"),
        ({"external_id": "C-1"}, "external_id"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(account, make_account, fields, at_fault):
    with pytest.raises(Refused) as refused:
        make_account(**{"name": "株式会社新しい", **fields})
    assert refused.value.field == at_fault
    assert Account.objects.count() == 1


def test_free_mail_becomes_no_domain_of_an_account(make_account):
    assert not make_account("株式会社赤井", domains=["akai@gmail.com"]).domains.exists()


def test_a_renamed_account_is_found_and_read_under_its_old_name(account, desk, now):
    later = now + timedelta(days=30)
    actions.change_account(viewer=desk, account=account, fields={"name": "株式会社ミナモ", "kana": "ミナモ"}, now=later)
    account.refresh_from_db()
    assert account.reading == "みなも"
    assert AccountName.objects.get(account=account, kind="former").text == "株式会社青波堂"
    assert past.account_as_of(account, at=later - timedelta(days=1))["name"] == "株式会社青波堂"
    assert past.account_as_of(account, at=later)["name"] == "株式会社ミナモ"
    assert past.account_as_of(account, at=now - timedelta(days=1)) is None


def test_ownership_is_a_period(account, desk, aoi, emi, now):
    first, second = now + timedelta(days=1), now + timedelta(days=9)
    assert actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=emi.pk, now=first) == {account.pk: None}
    actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=aoi.pk, now=second)
    assert past.owner_as_of(account, at=now) is None
    assert past.owner_as_of(account, at=second - timedelta(days=1)) == emi.pk
    assert past.owner_as_of(account, at=second) == aoi.pk
    assert AccountOwnership.objects.filter(account=account, ended_at=None).count() == 1
    assert not actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=aoi.pk, now=second)


def test_an_account_goes_to_the_team_only(account, desk, chie, now):
    with pytest.raises(Refused):
        actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=chie.pk, now=now)


def test_no_account_stands_above_itself(account, make_account, desk, now):
    child = make_account("株式会社子", parent_id=account.pk)
    with pytest.raises(Refused):
        actions.change_account(viewer=desk, account=account, fields={"parent_id": child.pk}, now=now)


def test_many_are_added_in_one_go_and_told_as_history(desk, now, django_assert_max_num_queries):
    rows = [{"name": f"株式会社{number}号", "external_id": f"N-{number}"} for number in range(300)]
    with django_assert_max_num_queries(30):
        actions.create_accounts(viewer=desk, rows=rows, now=now, import_id=7)
    assert Account.objects.filter(import_id=7).count() == 300
    assert Activity.objects.filter(verb="account.added", import_id=7).count() == 300
    with pytest.raises(ValueError, match="At most"):
        actions.create_accounts(viewer=desk, rows=[{"name": "a"}] * (CHUNK + 1), now=now)


def test_a_domain_lets_people_in_for_one_account_only(account, make_account, desk, now):
    actions.verify_domain(viewer=desk, account=account, domain="info@mail.aonami.co.jp", now=now)
    assert account.domains.get().is_verified
    other = make_account("株式会社別")
    with pytest.raises(Refused):
        actions.verify_domain(viewer=desk, account=other, domain="aonami.co.jp", now=now)
    with pytest.raises(Refused):
        actions.verify_domain(viewer=desk, account=other, domain="gmail.com", now=now)


def test_fields_of_the_managers_own_keep_their_periods(account, desk, aoi, viewer_of, now):
    label = {"ja": "店舗数", "en": "Shops"}
    with pytest.raises(Refused):
        actions.define_attribute(viewer=desk, slug="shops", label=label, kind="number", choices=[], now=now)
    actions.define_attribute(viewer=viewer_of(aoi), slug="shops", label=label, kind="number", choices=[], now=now)
    later = now + timedelta(days=3)
    actions.set_attributes(viewer=desk, account=account, values={"shops": 2}, now=now)
    actions.set_attributes(viewer=desk, account=account, values={"shops": 3}, now=later)
    assert list(account.attribute_values.order_by("started_at").values_list("value", "ended_at")) == [
        (2, later),
        (3, None),
    ]
    with pytest.raises(Refused):
        actions.set_attributes(viewer=desk, account=account, values={"shops": "many"}, now=later)


def test_the_database_refuses_a_second_open_owner(account, emi, now):
    AccountOwnership.objects.create(account=account, member=emi, started_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountOwnership.objects.create(account=account, member=emi, started_at=now)


def test_what_success_means_is_agreed_and_reviewed(account, desk, now):
    fields = {"problem": "在庫が合わない", "goal": "棚卸しを半日に", "next_review_on": now.date() + timedelta(days=90)}
    actions.define_success(viewer=desk, account=account, fields=fields, now=now)
    account.refresh_from_db()
    assert account.next_review_on == fields["next_review_on"]
