"""The list of customers is narrowed by rules: built without JavaScript, saved, shared, exported, and stopped in plain sight."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from kizuna.base import rules
from kizuna.core.members import actions as members
from kizuna.success.customers import actions
from kizuna.success.customers.models import Account, AccountAttribute, SavedView
from kizuna.success.customers.queries.ruling import read_word, word_of

pytestmark = pytest.mark.django_db

FOOD = {"fact": "account.industry", "op": "is", "value": "食品"}
BIG = {"fact": "account.seats", "op": "gte", "value": 4}
RANK_A = {"fact": "account_attribute.rank", "op": "one_of", "value": ["A"]}


def rule_of(*conditions, join="all"):
    return rules.parse({"version": 1, "entity": "account", "root": {join: list(conditions)}})


def bearer_of(member) -> dict[str, str]:
    made = members.make_token(viewer=members.system_viewer(), member=member, scopes=(), now=timezone.now())
    return {"Authorization": f"Bearer {made[1]}"}


@pytest.fixture
def listed(client_of, emi):
    """Return a function from an address to the names that it lists."""
    client = client_of(emi)

    def names(address: str) -> list[str]:
        text = client.get(address).content.decode()
        return re.findall(r'class="co link" href="[^"]*">([^<]*)</a>', text)

    return names


@pytest.fixture
def food(make_account):
    return make_account("株式会社こめ工房", industry="食品", external_id="C-2")


@pytest.fixture
def rank(aoi, viewer_of, now):
    return actions.define_attribute(
        viewer=viewer_of(aoi), slug="rank", label={"ja": "ランク", "en": "Rank"}, kind="choice", choices=["A", "B"],
        now=now,
    )  # fmt: skip


def saved(desk, now, *conditions, name="食品", is_shared=True, query=""):
    rule = rule_of(*conditions).to_json()
    return actions.save_view(viewer=desk, name=name, query=query, is_shared=is_shared, now=now, rule=rule)


def test_conditions_are_built_by_buttons_and_lead_to_the_list(client_of, emi, account, food):
    client = client_of(emi)
    first = client.get("/desk/customers/rule/?sort=amount").content.decode()
    assert "業種" in first
    form = {"rule.join": "all", "rule.0.fact": "account.industry", "rule.0.op": "is", "rule.0.value": "食品"}
    more = client.post("/desk/customers/rule/?sort=amount", {**form, "do": "add:rule"}).content.decode()
    assert "業種が『食品』の顧客" not in more  # a line is empty yet
    assert 'name="rule.1.fact"' in more
    looked = client.post("/desk/customers/rule/?sort=amount", {**form, "do": "refresh", "who": "青波"}).content.decode()
    assert "業種が『食品』の顧客" in looked
    assert "こめ工房" in looked
    assert "入らない" in looked
    shown = client.post("/desk/customers/rule/?sort=amount", {**form, "step": "show"})
    assert shown.status_code == 302
    assert "sort=amount" in shown["Location"]
    page = client.get(shown["Location"]).content.decode()
    assert "こめ工房" in page
    assert "青波堂" not in page
    assert "業種が『食品』の顧客" in page


def test_a_condition_that_is_not_filled_in_is_shown_at_its_place(client_of, emi, account):
    form = {
        "rule.join": "all",
        "rule.0.fact": "account.seats",
        "rule.0.op": "gte",
        "rule.0.value": "many",
        "step": "show",
    }
    refused = client_of(emi).post("/desk/customers/rule/", form)
    assert refused.status_code == 422
    assert "値を正しく入力してください" in refused.content.decode()


def test_a_rule_and_the_other_filters_narrow_together_and_sort(listed, food, contract, make_account, desk, now):
    make_account("株式会社たべもの", industry="食品")
    word = word_of(rule_of(FOOD))
    assert set(listed(f"/desk/customers/?rule={word}")) == {"株式会社こめ工房", "株式会社たべもの"}
    assert listed(f"/desk/customers/?rule={word}&q=こめ") == ["株式会社こめ工房"]
    assert listed(f"/desk/customers/?rule={word}&state=active") == []
    assert listed(f"/desk/customers/?rule={word_of(rule_of(BIG))}&sort=amount") == ["株式会社青波堂"]


@pytest.mark.parametrize(("few", "said"), [(5_000, ">6件<"), (4, ">4件以上<")])
def test_a_rule_is_read_to_its_end_page_by_page(client_of, emi, make_account, monkeypatch, few, said):
    monkeypatch.setattr("kizuna.success.customers.queries.lists.PAGE", 3)
    monkeypatch.setattr("kizuna.success.customers.queries.lists.FEW", few)
    for number in range(7):
        make_account(f"株式会社第{number}号", industry="食品" if number != 3 else "紙")
    client, address, seen = client_of(emi), f"/desk/customers/?rule={word_of(rule_of(FOOD))}", []
    while address:
        text = client.get(address).content.decode()
        assert said in text
        seen += re.findall(r'class="co link" href="/desk/customers/(\d+)/"', text)
        following = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', text)
        address = "/desk/customers/" + following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 6


def test_a_view_keeps_its_rule_and_is_changed_without_losing_the_first(client_of, emi, listed, account, food):
    client, word = client_of(emi), word_of(rule_of(FOOD))
    answer = client.post("/desk/customers/views/", {"name": "食品", "rule": word, "sort": "amount", "is_shared": "1"})
    view = SavedView.objects.get()
    assert (view.rule, view.query) == (rule_of(FOOD).to_json(), "sort=amount")
    assert answer["Location"] == f"/desk/customers/?view={view.pk}&sort=amount"
    assert listed(answer["Location"]) == ["株式会社こめ工房"]
    client.post("/desk/customers/views/", {"name": "食品、名前順", "view": str(view.pk)})
    assert SavedView.objects.get(name="食品、名前順").rule == view.rule
    client.post(f"/desk/customers/views/{view.pk}/removal/")
    assert SavedView.objects.count() == 1


def test_somebody_elses_own_view_is_not_there(client_of, ken, aoi, viewer_of, food, desk, now):
    view = saved(desk, now, FOOD, is_shared=False)
    client = client_of(ken)
    assert client.get(f"/desk/customers/?view={view.pk}").status_code == 404
    assert client.get(f"/desk/customers/csv/?view={view.pk}").status_code == 404
    assert client.get(f"/desk/customers/rule/?view={view.pk}").status_code == 404
    assert client.get(f"/desk/customers/{food.pk}/reasons/?view={view.pk}").status_code == 404
    assert client.get("/api/v1/accounts", {"view": view.pk}, headers=bearer_of(ken)).status_code == 404


def test_a_rule_survives_a_field_that_is_gone_and_says_so(
    client_of, emi, aoi, viewer_of, food, rank, desk, now, listed
):
    actions.set_attributes(viewer=desk, account=food, values={"rank": "A"}, now=now)
    view = saved(desk, now, RANK_A, FOOD, name="ランクA")
    assert listed(f"/desk/customers/?view={view.pk}") == ["株式会社こめ工房"]
    actions.archive_attribute(viewer=viewer_of(aoi), attribute=rank, now=now)
    page = client_of(emi).get(f"/desk/customers/?view={view.pk}").content.decode()
    assert "条件に使われている「ランク」は、もうありません。" in page
    assert "こめ工房" not in page
    view.refresh_from_db()
    assert rules.parse(view.rule) == rule_of(RANK_A, FOOD)
    assert "account_attribute.rank" in client_of(emi).get(f"/desk/customers/rule/?view={view.pk}").content.decode()
    answer = client_of(emi).get("/api/v1/accounts", {"view": view.pk}, headers=bearer_of(emi))
    assert answer.status_code == 422
    actions.define_attribute(
        viewer=viewer_of(aoi), slug="rank", label={"ja": "ランク", "en": ""}, kind="choice", choices=["A", "B"], now=now
    )
    assert listed(f"/desk/customers/?view={view.pk}") == ["株式会社こめ工房"]


def test_a_choice_that_is_gone_is_named_with_its_field(client_of, emi, aoi, viewer_of, food, rank, desk, now):
    view = saved(desk, now, RANK_A)
    AccountAttribute.objects.filter(pk=rank.pk).update(choices=["B"])
    page = client_of(emi).get(f"/desk/customers/?view={view.pk}").content.decode()
    assert "「ランク: A」" in page


@pytest.mark.parametrize("word", ["x", "eJw", "A" * 7000, "%00", "eJyrVkrLz1eyUkpKLFKqBQAYZwPr"])
def test_a_word_that_is_no_rule_lists_nobody_and_breaks_nothing(client_of, emi, account, word):
    for path in ("/desk/customers/", "/desk/customers/rule/", "/desk/customers/csv/", "/desk/customers/xlsx/"):
        answer = client_of(emi).get(f"{path}?rule={word}")
        assert answer.status_code == 200
    page = client_of(emi).get(f"/desk/customers/?rule={word}").content.decode()
    assert "青波堂" not in page


def test_a_rule_about_members_is_no_rule_of_this_list(client_of, emi, account):
    root = {"fact": "member.company", "op": "is", "value": "x"}
    word = word_of(rules.parse({"version": 1, "entity": "member", "root": root}))
    assert "青波堂" not in client_of(emi).get(f"/desk/customers/?rule={word}").content.decode()


def test_a_word_gives_back_its_rule():
    rule = rule_of(FOOD, BIG, {"none": [RANK_A]})
    assert read_word(word_of(rule)) == rule


def test_files_hold_what_the_rule_leaves(client_of, emi, account, food):
    client, word = client_of(emi), word_of(rule_of(FOOD))
    text = b"".join(client.get(f"/desk/customers/csv/?rule={word}").streaming_content).decode()
    assert "こめ工房" in text
    assert "青波堂" not in text
    book = ZipFile(BytesIO(b"".join(client.get(f"/desk/customers/xlsx/?rule={word}").streaming_content)))
    cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert "こめ工房" in cells
    assert "青波堂" not in cells


def test_a_list_too_long_for_a_workbook_is_not_half_a_workbook(client_of, emi, account, food, monkeypatch):
    monkeypatch.setattr("kizuna.success.customers.views.lists.LONGEST_WORKBOOK", 1)
    answer = client_of(emi).get("/desk/customers/xlsx/", follow=True)
    assert "CSV" in answer.content.decode()
    assert answer.redirect_chain


def test_chosen_ones_of_a_narrowed_list_are_changed_and_the_list_stays_narrowed(client_of, emi, account, food):
    word = word_of(rule_of(FOOD))
    form = {"do": "touch_on", "id": [food.pk], "back": f"rule={word}"}
    answer = client_of(emi).post("/desk/customers/bulk/", form)
    assert answer["Location"] == f"/desk/customers/?rule={word}"
    assert list(Account.objects.filter(community_touch=True)) == [food]


def test_a_customer_tells_why_it_is_in_a_view_or_out_of_it(client_of, emi, account, contract, food, desk, now):
    view = saved(desk, now, FOOD, BIG)
    client = client_of(emi)
    assert (
        f"/desk/customers/{food.pk}/reasons/?view={view.pk}"
        in client.get(f"/desk/customers/{food.pk}/").content.decode()
    )
    told = client.get(f"/desk/customers/{account.pk}/reasons/?view={view.pk}").content.decode()
    assert "契約中の席数が4席以上" in told
    assert "4席" in told
    assert client.get(f"/desk/customers/{food.pk}/reasons/").status_code == 200


def test_without_a_view_by_rule_there_is_a_word_on_how_to_make_one(client_of, emi, account):
    assert "条件" in client_of(emi).get(f"/desk/customers/{account.pk}/reasons/").content.decode()


def test_the_api_lists_views_and_their_accounts(client_of, emi, account, contract, food, desk, now):
    ruled = saved(desk, now, FOOD)
    plain = actions.save_view(viewer=desk, name="契約中", query="state=active", is_shared=False, now=now)
    client = client_of()
    items = client.get("/api/v1/account-views", headers=bearer_of(emi)).json()["items"]
    assert [(item["id"], item["name"], item["is_stopped"]) for item in items] == [
        (ruled.pk, "食品", False),
        (plain.pk, "契約中", False),
    ]
    assert items[0]["sentence"] == "業種が『食品』の顧客"

    def names(view) -> list[str]:
        found = client.get("/api/v1/accounts", {"view": view.pk}, headers=bearer_of(emi)).json()["items"]
        return [item["name"] for item in found]

    assert names(ruled) == ["株式会社こめ工房"]
    assert names(plain) == ["株式会社青波堂"]


def test_the_builder_is_not_there_for_members(client_of, chie, account):
    for address in ("/desk/customers/rule/", "/desk/customers/xlsx/", f"/desk/customers/{account.pk}/reasons/"):
        assert client_of(chie).get(address).status_code == 404
        assert client_of().get(address)["Location"].startswith("/signin/")
