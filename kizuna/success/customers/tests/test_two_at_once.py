"""Two colleagues save the same form at the same moment: one is kept, the other is told, on both databases."""

import pytest

from kizuna.base.web.opened import Overtaken
from kizuna.engagement.discussions.tests.test_concurrency import at_once  # noqa: F401
from kizuna.success.customers import actions
from kizuna.success.customers.models import (
    AccountAttributeValue,
    AccountChange,
    Contact,
    ContractChange,
    SuccessDefinition,
)
from kizuna.success.customers.queries import opening

pytestmark = pytest.mark.django_db(transaction=True)
TITLES = ("一", "二", "三")


@pytest.fixture
def race(at_once, viewer_of, emi, aoi, ken):  # noqa: F811
    """Return a function that lets three save at once what they opened; one must be kept and two be told by whom."""

    def run(act):
        viewers = [viewer_of(emi), viewer_of(aoi), viewer_of(emi)]
        turns = [
            lambda viewer=viewer, word=word: act(viewer, word) for viewer, word in zip(viewers, TITLES, strict=True)
        ]
        results = at_once(*turns)
        told = [result for result in results if isinstance(result, Overtaken)]
        assert len(told) == 2, results
        assert all(item.changes for item in told)

    return run


def test_a_customer(race, account, now):
    opened = opening.account_opened(account, ["region"])
    race(
        lambda viewer, word: actions.change_account(
            viewer=viewer, account=account, fields={"region": word}, now=now, opened=opened
        )
    )
    assert AccountChange.objects.filter(account=account, fields=["region"]).count() == 1


def test_a_person(race, person, now):
    opened = opening.contact_opened(person, ["kana"])
    race(
        lambda viewer, word: actions.change_contact(
            viewer=viewer, contact=person, fields={"kana": word}, now=now, opened=opened
        )
    )
    assert Contact.objects.get(pk=person.pk).kana in TITLES


def test_a_contract(race, contract, now):
    opened = opening.contract_opened(contract, {"title": contract.title})
    race(
        lambda viewer, word: actions.change_contract(
            viewer=viewer, contract=contract, fields={"title": word}, now=now, opened=opened
        )
    )
    assert ContractChange.objects.filter(contract=contract).count() == 2


def test_an_agreement_and_a_first_value_have_no_row_to_hold(race, account, aoi, viewer_of, now):
    actions.define_attribute(
        viewer=viewer_of(aoi), slug="rank", label={"ja": "格", "en": ""}, kind="text", choices=[], now=now
    )
    agreed, held = opening.success_opened(None), opening.values_opened(account, ["rank"])
    race(
        lambda viewer, word: actions.define_success(
            viewer=viewer, account=account, fields={"goal": word}, now=now, opened=agreed
        )
    )
    race(
        lambda viewer, word: actions.set_attributes(
            viewer=viewer, account=account, values={"rank": word}, now=now, opened=held
        )
    )
    assert SuccessDefinition.objects.filter(account=account).count() == 1
    assert AccountAttributeValue.objects.filter(account=account).count() == 1
