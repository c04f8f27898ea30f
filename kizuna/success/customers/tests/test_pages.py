"""The desk opens for whom it may, works without JavaScript, and keeps what was typed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community.models import ManagerAction
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions
from kizuna.success.customers.models import Account, AccountAttribute, Contract, Employment, Note, SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_of, emi):
    """Return a function that reads a page as Emi."""
    client = client_of(emi)
    return lambda address: client.get(address).content.decode()


def test_the_desk_is_not_there_for_members_and_moderators(client_of, account, chie, ben, emi, ken):
    for address in ("/desk/", "/desk/customers/", f"/desk/customers/{account.pk}/"):
        assert client_of(chie).get(address).status_code == client_of(ben).get(address).status_code == 404
        assert client_of(emi).get(address).status_code == client_of(ken).get(address).status_code == 200
        assert client_of().get(address)["Location"].startswith("/signin/")


def test_an_analyst_reads_and_changes_nothing(client_of, account, ken):
    client = client_of(ken)
    assert "顧客を追加" not in client.get("/desk/customers/").content.decode()
    assert client.get(f"/desk/customers/{account.pk}/edit/").status_code == 403
    assert (
        client.post(f"/desk/customers/{account.pk}/notes/", {"body": "x", "visibility": "internal"}).status_code == 403
    )
    assert not Note.objects.exists()


@pytest.mark.parametrize("typed", ["青波", "㈱青波堂", "アオナミ", "ｱｵﾅﾐ", "靑波堂株式会社", "C-1"])
def test_a_customer_is_found_in_any_spelling(page, account, make_account, typed):
    make_account("株式会社こだま")
    listed = page(f"/desk/customers/?q={typed}")
    assert "青波堂" in listed
    assert "こだま" not in listed


@pytest.mark.parametrize("sort", ["name", "renewal", "notice", "amount", "touch"])
def test_a_list_is_read_to_its_end_without_losing_or_repeating_anybody(
    client_of, emi, contract, make_account, sort, monkeypatch
):
    monkeypatch.setattr("kizuna.success.customers.queries.lists.PAGE", 3)
    for number in range(8):
        make_account(f"株式会社第{number}号")
    client, address, seen = client_of(emi), f"/desk/customers/?sort={sort}", []
    while address:
        text = client.get(address).content.decode()
        seen += re.findall(r'class="co link" href="/desk/customers/(\d+)/"', text)
        following = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', text)
        address = "/desk/customers/" + following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 9


@pytest.mark.parametrize(
    "query", ["after=zzz", "sort=x&owner=99999999999999999999999", "q=%00", "renews=abc&col=nothing"]
)
def test_an_address_that_makes_no_sense_breaks_nothing(client_of, emi, account, query):
    assert client_of(emi).get(f"/desk/customers/?{query}").status_code in (200, 404)


def test_filters_narrow_and_are_taken_away_one_by_one(page, account, contract, make_account, now):
    make_account("株式会社未契約")
    listed = page("/desk/customers/?state=active")
    assert "青波堂" in listed
    assert "未契約" not in listed
    assert "外す：状態 契約中" in listed or "外す：" in listed


def test_a_view_is_saved_and_deleted(client_of, emi, account):
    client = client_of(emi)
    client.post("/desk/customers/views/", {"name": "契約中だけ", "state": "active", "is_shared": "1"})
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("state=active", True)
    assert "契約中だけ" in client.get("/desk/customers/?state=active").content.decode()
    client.post(f"/desk/customers/views/{view.pk}/removal/")
    assert not SavedView.objects.exists()


def test_many_change_their_owner_after_a_look(client_of, emi, aoi, account, make_account):
    ids = [account.pk, make_account("株式会社こだま").pk]
    client = client_of(emi)
    looked = client.post("/desk/customers/bulk/", {"do": "owner", "id": ids})
    assert "2件の顧客のCS担当を変える" in looked.content.decode()
    assert Account.objects.filter(owner=None).count() == 2
    client.post("/desk/customers/bulk/", {"do": "owner", "id": ids, "owner": aoi.pk})
    assert Account.objects.filter(owner=aoi).count() == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_the_file_holds_everything_no_formula_and_is_noted(client_of, emi, make_account, start):
    make_account(f'{start}HYPERLINK("http://evil.example")')
    response = client_of(emi).get("/desk/customers/csv/")
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    assert f"\"'{start}HYPERLINK" in text
    assert ManagerAction.objects.get(action="customers.exported").member_id == emi.pk


def test_a_customer_is_added_by_form_and_an_error_stands_at_its_field(client_of, emi):
    client = client_of(emi)
    form = {"kind": "firm", "name": "株式会社青波堂", "corporate_number": "123", "domains": "aonami.co.jp"}
    refused = client.post("/desk/customers/new/", form)
    assert refused.status_code == 422
    assert "id_corporate_number_error" in refused.content.decode()
    assert 'value="aonami.co.jp"' in refused.content.decode()
    assert client.post("/desk/customers/new/", form | {"corporate_number": ""}).status_code == 302
    assert Account.objects.get().domains.count() == 1


def test_everything_of_a_customer_stands_on_one_page(page, account, contract, person, desk, now):
    actions.define_success(viewer=desk, account=account, fields={"goal": "棚卸しを半日に"}, now=now)
    text = page(f"/desk/customers/{account.pk}/")
    for word in ("¥48,000", "2027年1月31日", "三浦 香織", "通販部", "棚卸しを半日に", "契約が始まりました", "みせばこ"):
        assert word in text
    assert "CS担当を決めましょう" in text


def test_the_next_step_names_its_fact(page, account, contract, person, desk, emi, now):
    actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=emi.pk, now=now)
    Contract.objects.filter(pk=contract.pk).update(notice_by=local_day(timezone.now()) + timedelta(days=5))
    text = page(f"/desk/customers/{account.pk}/")
    assert "更新について話しましょう" in text
    assert "効果" not in text


def test_a_note_is_written_told_and_found_again(client_of, emi, aoi, account):
    client = client_of(emi)
    path = f"/desk/customers/{account.pk}/notes/"
    assert client.post(path, {"body": " ", "visibility": "internal"}).status_code == 422
    assert client.post(path, {"body": "@aoi 引き継ぎ資料を送る", "visibility": "internal"}).status_code == 302
    run_waiting()
    assert Notification.objects.get(member=aoi).kind == "note.mentioned"
    text = client.get(f"/desk/customers/{account.pk}/timeline/?q=引き継ぎ&channel=note").content.decode()
    assert "引き継ぎ資料を送る" in text
    assert "社内のみ" in text
    assert "引き継ぎ資料" not in client.get(f"/desk/customers/{account.pk}/timeline/?q=別").content.decode()


def test_a_note_is_no_way_in_for_markup(client_of, emi, account):
    client = client_of(emi)
    client.post(f"/desk/customers/{account.pk}/notes/", {"body": "<script>alert(1)</script>", "visibility": "internal"})
    assert "<script>alert" not in client.get(f"/desk/customers/{account.pk}/timeline/").content.decode()


def test_a_contract_is_added_changed_and_noticed_by_forms(client_of, emi, account):
    client = client_of(emi)
    form = {
        "product": "みせばこ", "seats": "2", "unit_price": "5000", "tax_percent": "10", "billing": "monthly", "currency": "JPY",
        "starts_on": "2026-04-01", "ends_on": "2027-03-31", "term_months": "12", "is_auto_renewed": "on",
    }  # fmt: skip
    assert client.post(f"/desk/customers/{account.pk}/contracts/new/", form).status_code == 302
    contract = Contract.objects.get()
    line = {"product": "みせばこ", "seats": "3", "unit_price": "5000", "tax_percent": "10", "from_on": "2026-10-01"}
    assert client.post(f"/desk/contracts/{contract.pk}/lines/", line).status_code == 302
    notice = {"noticed_on": "2026-11-01", "ended_on": "2027-03-31", "reason": "閉店"}
    assert client.post(f"/desk/contracts/{contract.pk}/notice/", notice).status_code == 302
    text = client.get(f"/desk/contracts/{contract.pk}/").content.decode()
    assert "閉店" in text
    assert "¥15,000" in text
    assert client.post(f"/desk/contracts/{contract.pk}/notice/", {"revoke": "1"}).status_code == 302
    contract.refresh_from_db()
    assert contract.ended_on is None


def test_the_managers_fields_are_defined_and_filled_in(client_of, aoi, emi, account):
    field = {"slug": "plan", "label_ja": "利用形態", "label_en": "Use", "kind": "choice", "choices": "店舗\n通販"}
    assert client_of(emi).get("/desk/customers/fields/").status_code == 404
    assert client_of(aoi).post("/desk/customers/fields/", field).status_code == 302
    assert AccountAttribute.objects.get().choices == ["店舗", "通販"]
    client = client_of(emi)
    assert client.post(f"/desk/customers/{account.pk}/fields/", {"plan": "倉庫"}).status_code == 422
    assert client.post(f"/desk/customers/{account.pk}/fields/", {"plan": "通販"}).status_code == 302
    assert "通販" in client.get(f"/desk/customers/{account.pk}/").content.decode()


@pytest.mark.parametrize("by_page", [True, False])
def test_another_place_of_work_is_added_by_form(client_of, emi, person, make_account, by_page):
    other = make_account(name="株式会社乙", external_id="C-2")
    address, post = f"/desk/contacts/{person.pk}/employments/", {"department": "経理部", "title": "部長"}
    assert client_of(emi).post(address, {**post, "account": f"#{other.pk}" if by_page else "C-2"}).status_code == 302
    begun = Employment.objects.get(contact=person, account=other)
    assert (begun.department, begun.title) == ("経理部", "部長")


@pytest.mark.parametrize("typed", ["C-999", "#999999", "#" + "9" * 30, "#", "0001-01-01"])
def test_a_place_of_work_nobody_knows_is_said_at_its_field(client_of, emi, person, typed):
    address = f"/desk/contacts/{person.pk}/employments/"
    response = client_of(emi).post(address, {"account": typed, "department": "経理部", "title": "部長"})
    assert response.status_code == 422
    assert "経理部" in response.content.decode()


def test_a_merge_is_previewed_made_and_undone(client_of, emi, account, contract, person, make_account):
    kept = make_account("青波堂")
    client = client_of(emi)
    found = client.get(f"/desk/customers/{kept.pk}/merge/?q=青波堂").content.decode()
    assert f"?with={account.pk}" in found
    preview = client.get(f"/desk/customers/{kept.pk}/merge/?with={account.pk}").content.decode()
    assert "移るもの" in preview
    account.refresh_from_db()
    assert account.state == "active"
    client.post(f"/desk/customers/{kept.pk}/merge/", {"with": account.pk})
    text = client.get(f"/desk/customers/{kept.pk}/").content.decode()
    undo = re.search(r"/desk/customers/merges/\d+/undoing/", text).group()
    client.post(undo)
    account.refresh_from_db()
    assert account.state == "active"


def test_the_first_page_shows_what_waits(page, account, contract, desk, emi, now, client_of):
    assert "対応の必要なものはありません" in page("/desk/")
    actions.set_owner(viewer=desk, account_ids=[account.pk], owner_id=emi.pk, now=now)
    actions.define_success(
        viewer=desk, account=account, fields={"goal": "x", "next_review_on": now.date() - timedelta(days=400)}, now=now
    )
    assert "見直しの時期" in page("/desk/")


def test_pages_cost_a_fixed_number_of_queries(
    client_of, emi, account, contract, person, make_account, django_assert_max_num_queries
):
    for number in range(10):
        make_account(f"株式会社第{number}号", owner_id=emi.pk)
    client = client_of(emi)
    client.get("/desk/customers/")
    with django_assert_max_num_queries(16):
        client.get("/desk/customers/")
    with django_assert_max_num_queries(40):
        client.get(f"/desk/customers/{account.pk}/")


def test_it_is_written_in_english_too(page, account):
    assert "Account owner" in page(f"/desk/customers/{account.pk}/?lang=en")


def test_the_navigation_marks_the_list_on_the_page_of_a_customer(page, account):
    assert '<a href="/desk/customers/" aria-current="page"' in page(f"/desk/customers/{account.pk}/")
    assert '<a href="/desk/" aria-current="page"' in page("/desk/")


def test_the_list_comes_in_shift_jis_and_says_what_that_cannot_hold(client_of, emi, make_account):
    make_account("=1+1株式会社")
    desk = client_of(emi)
    plain = desk.get("/desk/customers/csv/?as=cp932")
    assert plain["Content-Type"] == "text/csv; charset=Shift_JIS"
    assert "'=1+1株式会社" in plain.getvalue().decode("cp932")
    make_account("𠮷屋商店")
    asked = desk.get("/desk/customers/csv/?as=cp932&q=商店").content.decode()
    assert "𠮷" in asked
    assert "sure=1" in asked
    sent = desk.get("/desk/customers/csv/?as=cp932&sure=1&q=商店").getvalue().decode("cp932")
    assert "〓屋商店" in sent
    assert "=1+1" not in sent


def test_the_page_says_what_each_purchase_was(client_of, emi, viewer_of, account, now):
    row = {"account_id": account.pk, "product": "煎茶", "purchased_on": now.date()}
    told = {
        "first": "はじめての購入", "repeat": "リピート購入", "pause": "休止", "skip": "スキップ", "return": "返品",
    }  # fmt: skip
    rows = [{**row, "kind": kind, "amount": 0 if kind in ("pause", "skip") else 4320} for kind in told]
    actions.note_purchases(viewer=viewer_of(emi), rows=rows, now=now)
    page = client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
    card = page.split("<h2>購入</h2>")[1].split("</section>")[0]
    for words in told.values():
        assert words in card
    assert card.count("4,320") == 3
    assert "¥0" not in card
