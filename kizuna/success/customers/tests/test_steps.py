"""What to do next with a customer: each step has its fact, its place and its rank, and no number of others stands alone."""

from datetime import timedelta

import pytest

from kizuna.base.registry import Quote, Step
from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, steps
from kizuna.success.customers.models import Account, Contract, PutOffStep
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


@pytest.fixture
def steps_now(desk):
    """Return a function from an account and a moment to (keys shown, keys put off)."""

    def of(account, at):
        account = Account.objects.get(pk=account.pk)
        found = steps.steps_of(desk, account, steps.known_of(desk, account), now=at)
        shown, put_off = steps.parted(found, account, today=local_day(at))
        return [step.key for step in shown], [step.key for step, _row in put_off]

    return of


@pytest.fixture
def renewal(desk, owned, contract, now):
    """The step about a deadline in ten days."""
    Contract.objects.filter(pk=contract.pk).update(notice_by=local_day(now) + timedelta(days=10))
    account = Account.objects.get(pk=owned.pk)
    return steps.steps_of(desk, account, steps.known_of(desk, account), now=now)[0]


def test_a_step_put_off_for_a_week_comes_back_after_it(desk, owned, renewal, steps_now, now):
    today, key = local_day(now), renewal.key
    assert steps_now(owned, now) == ([key], [])
    week = today + timedelta(days=7)
    actions.put_off_step(viewer=desk, account=owned, step=renewal, until=week, today=today, now=now)
    assert steps_now(owned, now) == ([], [key])
    assert steps_now(owned, now + timedelta(days=6)) == ([], [key])
    assert steps_now(owned, now + timedelta(days=7)) == ([key], [])


def test_a_step_put_off_until_its_fact_changes_comes_back_with_another_fact(
    desk, owned, renewal, steps_now, contract, now
):
    key = renewal.key
    actions.put_off_step(viewer=desk, account=owned, step=renewal, until=None, today=local_day(now), now=now)
    assert steps_now(owned, now + timedelta(days=9)) == ([], [key])
    Contract.objects.filter(pk=contract.pk).update(notice_by=local_day(now) + timedelta(days=20))
    assert steps_now(owned, now) == ([key], [])


def test_another_customer_and_another_step_are_not_put_off_with_it(desk, owned, renewal, steps_now, make_account, now):
    actions.put_off_step(viewer=desk, account=owned, step=renewal, until=None, today=local_day(now), now=now)
    other = make_account("株式会社こだま")
    assert "owner" in steps_now(other, now)[0]
    Account.objects.filter(pk=owned.pk).update(owner=None)
    assert steps_now(owned, now) == (["owner"], [renewal.key])


def test_putting_off_again_replaces_what_was_said_and_is_in_the_log(desk, owned, renewal, now):
    today = local_day(now)
    for until in (None, today + timedelta(days=7)):
        actions.put_off_step(viewer=desk, account=owned, step=renewal, until=until, today=today, now=now)
    assert PutOffStep.objects.get(ended_at=None).until == today + timedelta(days=7)
    assert PutOffStep.objects.count() == 2
    actions.bring_step_back(viewer=desk, account=owned, key=renewal.key, now=now)
    actions.bring_step_back(viewer=desk, account=owned, key=renewal.key, now=now)
    verbs = Activity.objects.filter(verb__startswith="step.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["step.put_off", "step.put_off", "step.brought_back"]


def test_who_changes_nothing_puts_nothing_off(owned, renewal, viewer_of, ken, desk, now):
    today = local_day(now)
    for wrong in (
        {"viewer": viewer_of(ken)}, {"step": Step(1, "a", "b", "/", "c")}, {"until": today},
        {"until": today + timedelta(days=400)},
    ):  # fmt: skip
        said = {"viewer": desk, "step": renewal, "until": None, **wrong}
        with pytest.raises(Refused):
            actions.put_off_step(account=owned, today=today, now=now, **said)
    assert not PutOffStep.objects.exists()


def test_a_step_is_put_off_and_brought_back_on_the_page(client_of, emi, ken, make_account):
    account = make_account("株式会社こだま")
    address = f"/desk/customers/{account.pk}/"
    client = client_of(emi)
    page = client.get(address).content.decode()
    assert "CS担当を決めましょう" in page
    assert "1週間後に表示" in page
    assert "1週間後に表示" not in client_of(ken).get(address).content.decode()
    page = client.post(f"{address}steps/", {"key": "owner", "do": "week"}, follow=True).content.decode()
    assert "後回しにした一手が1件あります" in page
    assert "後回しにした一手" not in client_of(ken).get(address).content.decode()
    client.post(f"{address}steps/", {"key": "owner", "do": "back"})
    assert "後回しにした一手" not in client.get(address).content.decode()
    for key in ("", "zq", "owner'--", "x" * 99):
        said = client.post(f"{address}steps/", {"key": key, "do": "fact"}, follow=True).content.decode()
        assert "状況が変わりました" in said
    assert client_of(ken).post(f"{address}steps/", {"key": "owner", "do": "week"}).status_code == 403
    assert not PutOffStep.objects.filter(ended_at=None).exists()
