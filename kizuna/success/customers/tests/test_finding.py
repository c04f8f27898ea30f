"""The search of the desk finds what the viewer may see: customers, people, pages and deeds, with and without scripts."""

import pytest

from kizuna.success.customers import actions

pytestmark = pytest.mark.django_db
PAGE = "/desk/find/"


@pytest.fixture
def ask(client_of):
    """Return a function that asks as the palette does, or as the page."""

    def find(member, text="", *, is_palette=True, lang="ja", **given):
        headers = {"HX-Request": "true"} if is_palette else {}
        response = client_of(member).get(PAGE, {"q": text, "lang": lang, **given}, headers=headers)
        assert response.status_code == 200
        return response.content.decode()

    return find


def test_it_is_for_staff(client_of, chie, ben, emi, ken):
    assert client_of().get(PAGE).status_code == 302
    assert client_of(chie).get(PAGE).status_code == 404
    assert {client_of(member).get(PAGE).status_code for member in (ben, emi, ken)} == {200}


@pytest.mark.parametrize("text", ["青波", "あおなみ", "アオナミ", "C-1"])
def test_a_customer_is_found_by_name_reading_and_number(ask, emi, account, text):
    found = ask(emi, text)
    assert f'href="/desk/customers/{account.pk}/"' in found
    assert 'role="option"' in found
    assert f'href="/desk/customers/{account.pk}/"' in ask(emi, text, is_palette=False)


@pytest.mark.parametrize("text", ["三浦", "みうら 香織", "miura@"])
def test_a_person_is_found_with_where_they_work(ask, emi, person, account, text):
    found = ask(emi, text)
    assert f'href="/desk/contacts/{person.pk}/"' in found
    assert account.name in found


def test_customers_under_contract_come_first_and_merged_ones_not_at_all(
    ask, emi, desk, account, contract, make_account, now
):
    old = make_account("青波堂の古い行", kana="アオナミ")
    again = make_account("青波堂もう一つ")
    actions.merge_accounts(viewer=desk, kept=account, absorbed=old, now=now)
    found = ask(emi, "青波")
    assert found.index(f"/desk/customers/{account.pk}/") < found.index(f"/desk/customers/{again.pk}/")
    assert f"/desk/customers/{old.pk}/" not in found


def test_pages_and_deeds_are_those_the_viewer_may_open(ask, emi, ben, ken, aoi):
    assert "/desk/tasks/" in ask(emi, "タスク")
    assert "?then=task" in ask(emi, "タスク")
    assert "?then=" not in ask(ken, "タスク")
    assert "/studio/members/" in ask(aoi, "メンバー")
    moderator = ask(ben)
    assert "/studio/held/" in moderator
    assert "/desk/customers/" not in moderator


def test_a_moderator_finds_no_customer(ask, ben, account, person):
    for text in ("青波", "三浦"):
        found = ask(ben, text)
        assert account.name not in found
        assert person.name not in found
    assert account.name not in ask(ben, "メモ", at=f"/desk/customers/{account.pk}/")


def test_on_the_page_of_a_customer_its_deeds_come_first(ask, emi, account):
    found = ask(emi, "", at=f"/desk/customers/{account.pk}/timeline/")
    assert found.index(account.name) < found.index("/desk/tasks/new/?account=")
    assert f"/desk/tasks/new/?account={account.pk}" in found
    assert "account=" not in ask(emi, "", at="/desk/customers/999999/")


def test_a_deed_begun_anywhere_asks_for_which_customer(ask, client_of, emi, ken, account):
    page = ask(emi, "青波", is_palette=False, then="task")
    assert f"/desk/tasks/new/?account={account.pk}" in page
    assert "/desk/contacts/" not in page
    assert client_of(emi).get("/desk/tasks/new/")["Location"] == f"{PAGE}?then=task"
    assert client_of(ken).get(PAGE, {"then": "task"}).status_code == 404
    assert client_of(emi).get(PAGE, {"then": "nothing"}).status_code == 404


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1", "<script>", "\\", "ｱ" * 200])
def test_odd_words_find_nothing_and_break_nothing(ask, emi, account, text):
    found = ask(emi, text, is_palette=False)
    assert "<script>" not in found
    assert f"/desk/customers/{account.pk}/" not in found


def test_it_costs_few_queries(client_of, emi, person, django_assert_max_num_queries):
    client = client_of(emi)
    client.get(PAGE)
    with django_assert_max_num_queries(14):
        client.get(PAGE, {"q": "三浦", "at": "/desk/customers/1/"}, headers={"HX-Request": "true"})


def test_the_door_is_on_every_page_of_staff_and_on_no_other(client_of, emi, ben, chie, opened):
    for member in (emi, ben):
        assert "data-palette" in client_of(member).get("/").content.decode()
    assert "data-palette" not in client_of(chie).get("/").content.decode()
    assert "data-palette" not in client_of().get("/").content.decode()


def test_it_is_written_in_english_too(ask, emi, account):
    assert "For which customer?" in ask(emi, "", is_palette=False, lang="en", then="note")
