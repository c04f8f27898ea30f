"""What to do next with a customer: each step has its fact, its place and its rank, and no number of others stands alone."""

from datetime import timedelta

import pytest

from kizuna.base.registry import Quote, Step
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, steps
from kizuna.success.customers.models import Account, Contract
from kizuna.success.customers.queries import account as reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranks(desk, now):
    """Return a function from an account to the ranks of its steps."""

    def of(account, questions=(), at=now):
        known = steps.Known(
            questions=questions,
            people=reading.people_of(account),
            contracts=reading.contracts_of(account),
            success=reading.success_of(account),
        )
        return [step.rank for step in steps.steps_of(desk, account, known, now=at)]

    return of


@pytest.fixture
def owned(account, contract, desk, emi, now, person):
    """The account with an owner, a person, an agreement and a fresh touch: nothing waits."""
    actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=emi.pk, now=now)
    actions.define_success(viewer=desk, account=account, fields={"goal": "棚卸しを半日に"}, now=now)
    actions.write_note(viewer=desk, account=account, body="話した", is_internal=True, now=now)
    return Account.objects.get(pk=account.pk)


def test_nothing_waits_where_everything_is_known(ranks, owned):
    assert ranks(owned) == []


def test_without_owner_that_comes_first(ranks, owned):
    owned.owner_id = None
    assert ranks(owned) == [5]


def test_a_deadline_is_near_for_thirty_days_and_over_afterwards(ranks, owned, contract, now):
    today = local_day(now)
    for days, expected in ((31, []), (30, [10]), (0, [10]), (-1, [])):
        Contract.objects.filter(pk=contract.pk).update(notice_by=today + timedelta(days=days))
        assert ranks(owned) == expected


def test_a_term_that_ends_for_good_is_told(ranks, owned, contract, now):
    ends_on = local_day(now) + timedelta(days=20)
    Contract.objects.filter(pk=contract.pk).update(is_auto_renewed=False, ends_on=ends_on, notice_by=None)
    assert ranks(owned) == [11]


def test_a_notice_without_a_reason_asks_for_it(ranks, owned, contract, desk, now):
    today = local_day(now)
    days = {"noticed_on": today, "ended_on": today + timedelta(days=40)}
    actions.give_notice(viewer=desk, contract=contract, reason="", now=now, **days)
    assert ranks(owned) == [12]
    Contract.objects.filter(pk=contract.pk).update(end_reason="閉店")
    assert ranks(owned) == []


def test_reviews_agreements_people_and_silence_have_their_steps(ranks, owned, person, desk, account, now):
    owned.next_review_on = local_day(now)
    assert ranks(owned) == [30]
    owned.next_review_on = None
    owned.success_definitions.all().delete()
    assert ranks(owned) == [66]
    actions.end_employment(viewer=desk, contact=person, account=account, now=now)
    assert ranks(owned) == [62, 66]
    assert ranks(owned, at=now + timedelta(days=46)) == [50, 62, 66]


def test_a_merged_or_ended_account_has_no_next_step(ranks, owned):
    for state in (Account.State.MERGED, Account.State.ENDED):
        owned.state, owned.owner_id = state, None
        assert ranks(owned) == []


def test_every_step_on_the_page_has_its_reason_and_its_place(client_of, emi, account):
    shown = client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
    assert "CS担当を決めましょう" in shown
    assert "担当がまだ決まっていません" in shown
    assert f"/desk/customers/{account.pk}/edit/#id_owner" in shown


def test_an_analyst_sees_the_step_and_no_way_to_do_it(client_of, ken, account):
    shown = client_of(ken).get(f"/desk/customers/{account.pk}/").content.decode()
    assert "CS担当を決めましょう" in shown
    assert "#id_owner" not in shown


@pytest.mark.parametrize("has_control", [True, False])
def test_numbers_of_others_carry_their_limit_unless_there_is_a_control_group(
    client_of, emi, account, monkeypatch, has_control
):
    quote = Quote("18社のうち13社です。", "招待しなかった会社との比較はありません", has_control=has_control)
    rule = steps.StepRule(
        "quoting", lambda **_given: [Step(1, "招待しましょう", "理由です。", "/desk/", "開く", quote)]
    )
    monkeypatch.setattr(steps, "of", lambda _kind: [rule])
    shown = client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
    assert "18社のうち13社です。" in shown
    assert ("招待しなかった会社との比較はありません" in shown) is not has_control
