"""A customer or a person is found by telephone in any notation, by those who see telephones."""

import pytest

from kizuna.success.customers import actions
from kizuna.success.customers.queries import finding
from kizuna.success.customers.tests.test_seeing import hide  # noqa: F401

pytestmark = pytest.mark.django_db
NOTATIONS = ("03-5550-0142", "０３－５５５０－０１４２", "(03)5550-0142", "+81 3 5550 0142", "0355500142")


def test_a_number_is_kept_in_one_form_and_follows_every_change(desk, account, person, now):
    account = actions.change_account(
        viewer=desk, account=account, fields={"phone": "０３（５５５０）０１４２"}, now=now
    )
    person = actions.change_contact(viewer=desk, contact=person, fields={"phone": "090.5550.0142 内線2"}, now=now)
    assert (account.phone_key, person.phone_key) == ("+81355500142", "+819055500142")
    account = actions.change_account(viewer=desk, account=account, fields={"phone": ""}, now=now)
    person = actions.change_contact(viewer=desk, contact=person, fields={"phone": "なし"}, now=now)
    assert (account.phone_key, person.phone_key) == ("", "")


@pytest.mark.parametrize("typed", NOTATIONS)
def test_any_notation_finds_them_in_lists_and_the_palette(
    client_of, emi, desk, account, person, make_account, now, typed
):
    make_account("別の会社", phone="03-1111-2222")
    actions.change_contact(viewer=desk, contact=person, fields={"phone": "03-5550-0142"}, now=now)
    assert finding.people_named(desk, typed, limit=5) == [person]
    assert finding.accounts_named(desk, typed, limit=5) == [account]
    page = client_of(emi).get("/desk/customers/", {"q": typed}).content.decode()
    assert (account.name in page, "別の会社" in page) == (True, False)
    assert person.name in client_of(emi).get("/desk/find/", {"q": typed}).content.decode()


def test_where_telephones_are_hidden_nobody_is_found_by_them(hide, emi, viewer_of, desk, account, person, now):  # noqa: F811
    actions.change_contact(viewer=desk, contact=person, fields={"phone": "03-5550-0142"}, now=now)
    actions.change_account(viewer=desk, account=account, fields={"phone": "03-5550-0142"}, now=now)
    hide("contact")
    for typed in NOTATIONS:
        assert finding.people_named(viewer_of(emi), typed, limit=5) == []
        assert finding.accounts_named(viewer_of(emi), typed, limit=5) == []
