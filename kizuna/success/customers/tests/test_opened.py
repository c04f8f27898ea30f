"""A form that was opened on an older state says who changed what, keeps what was typed, and saves over it when told again."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from kizuna.success.customers import actions
from kizuna.success.customers.models import (
    AccountChange,
    Contact,
    ContractChange,
    SuccessDefinition,
)

pytestmark = pytest.mark.django_db
SAID = "開いたあとで"


class Fields(HTMLParser):
    """Read the fields of the form of a page, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.name = self.select = ""
        self.feed(page.split('<form class="card" method="post"', 1)[1].split("</form>")[0])

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        kind = said.get("type")
        if tag == "input" and said.get("name") and (kind not in ("radio", "checkbox") or "checked" in said):
            self.found[said["name"]] = said.get("value", "on" if kind in ("radio", "checkbox") else "")
        elif tag == "textarea":
            self.name = said["name"]
            self.found[self.name] = ""
        elif tag == "select":
            self.select = said["name"]
            self.found[self.select] = ""
        elif tag == "option" and "selected" in said:
            self.found[self.select] = said["value"]

    def handle_endtag(self, tag):
        self.name = ""

    def handle_data(self, data):
        if self.name:
            self.found[self.name] += data.strip()


def fields_of(page: str) -> dict[str, str]:
    return {name: value for name, value in Fields(page).found.items() if name != "csrfmiddlewaretoken"}


@pytest.fixture
def opened(client_of, emi):
    """Return a function that opens a form as emi and returns what she would send, and how to send it."""
    client = client_of(emi)

    def open_form(address: str):
        page = client.get(address).content.decode()
        sent = fields_of(page)
        assert sent["opened"]
        return sent, lambda **typed: client.post(address, {**sent, **typed})

    return open_form


@pytest.fixture
def other(aoi, viewer_of):
    return viewer_of(aoi)


def again(response) -> dict[str, str]:
    """Return what the form holds after it was refused."""
    return fields_of(response.content.decode())


def test_a_customer(opened, account, other, aoi, now):
    _sent, send = opened(f"/desk/customers/{account.pk}/edit/")
    later = now + timedelta(minutes=5)
    actions.change_account(viewer=other, account=account, fields={"region": "大阪"}, now=later)
    response = send(region="京都", industry="菓子")
    page = response.content.decode()
    assert response.status_code == 409
    assert SAID in page
    assert aoi.name in page
    assert "大阪" in page
    assert "地域" in page
    account.refresh_from_db()
    assert (account.region, account.industry) != ("京都", "菓子")
    kept = again(response)
    assert (kept["region"], kept["industry"]) == ("京都", "菓子")
    assert send(**kept).status_code == 302
    account.refresh_from_db()
    assert (account.region, account.industry) == ("京都", "菓子")
    assert AccountChange.objects.filter(account=account).count() == 3


def test_a_second_change_in_between_is_said_again(opened, account, other, now):
    _sent, send = opened(f"/desk/customers/{account.pk}/edit/")
    actions.change_account(viewer=other, account=account, fields={"region": "大阪"}, now=now)
    first = send(region="京都")
    actions.change_account(viewer=other, account=account, fields={"region": "奈良"}, now=now)
    second = send(**again(first))
    assert (first.status_code, second.status_code) == (409, 409)
    assert "奈良" in second.content.decode()


def test_what_nobody_sees_in_the_form_is_no_change(opened, account, other, now):
    _sent, send = opened(f"/desk/customers/{account.pk}/edit/")
    actions.refresh_accounts(account_ids=[account.pk], today=now.date(), viewer=other, now=now)
    actions.define_success(
        viewer=other, account=account, fields={"goal": "x", "next_review_on": date(2027, 1, 1)}, now=now
    )
    assert send(region="京都").status_code == 302


def test_hidden_fields_are_neither_compared_nor_told(opened, account, other, now):
    actions.hide_fields(viewer=other, hidden={"success_manager": ["contact", "judgement"]}, now=now)
    _sent, send = opened(f"/desk/customers/{account.pk}/edit/")
    actions.change_account(viewer=other, account=account, fields={"phone": "03-1", "fit_reason": "秘密"}, now=now)
    assert send(region="京都").status_code == 302
    _sent, send = opened(f"/desk/customers/{account.pk}/edit/")
    actions.change_account(viewer=other, account=account, fields={"phone": "03-2", "region": "大阪"}, now=now)
    page = send(region="奈良").content.decode()
    assert "大阪" in page
    assert "03-2" not in page
    assert "電話" not in page.split('<dl class="facts')[0].split(SAID)[1]


def test_sent_twice_is_saved_once(opened, account):
    _sent, send = opened(f"/desk/customers/{account.pk}/edit/")
    assert [send(region="京都").status_code for _n in range(2)] == [302, 302]


def test_a_form_without_its_mark_is_taken_as_before(client_of, emi, account, other, now):
    client = client_of(emi)
    for mark in ("", "x", "1.zz", "99999999999999999999.0000000000000000"):
        sent = {"kind": "firm", "name": account.name, "region": "京都", "fit": "unknown", "opened": mark}
        assert client.post(f"/desk/customers/{account.pk}/edit/", sent).status_code == 302


def test_a_person(opened, person, other, aoi, now):
    _sent, send = opened(f"/desk/contacts/{person.pk}/edit/")
    actions.change_contact(viewer=other, contact=person, fields={"name": "三浦 佳織"}, now=now)
    response = send(kana="みうら かおり（旧姓）")
    page = response.content.decode()
    assert response.status_code == 409
    assert "三浦 佳織" in page
    assert aoi.name in page
    assert send(**again(response)).status_code == 302
    assert Contact.objects.get(pk=person.pk).kana.startswith("みうら")


def test_a_person_changed_by_an_import_is_noticed_though_the_log_says_nothing(opened, person, other, now):
    _sent, send = opened(f"/desk/contacts/{person.pk}/edit/")
    actions.change_contacts(viewer=other, changes={person.pk: {"kana": "ミウラ"}}, now=now, import_id=7)
    assert send(phone="03-1111-2222").status_code == 409


def test_the_terms_of_a_contract(opened, contract, other, aoi, now):
    _sent, send = opened(f"/desk/contracts/{contract.pk}/edit/")
    actions.change_contract(viewer=other, contract=contract, fields={"title": "みせばこ 2年目"}, now=now)
    response = send(term_months="24")
    page = response.content.decode()
    assert response.status_code == 409
    assert "みせばこ 2年目" in page
    assert aoi.name in page
    assert send(**again(response)).status_code == 302
    contract.refresh_from_db()
    assert contract.term_months == 24


def test_the_lines_and_the_notice_of_a_contract(opened, contract, other, aoi, now):
    _sent, send = opened(f"/desk/contracts/{contract.pk}/lines/")
    line = {"product": "みせばこ", "plan": "プロ", "seats": 9, "unit_price": 1}
    actions.change_lines(viewer=other, contract=contract, lines=[line], from_on=now.date(), now=now)
    response = send(seats="12")
    assert response.status_code == 409
    assert aoi.name in response.content.decode()
    _sent, send = opened(f"/desk/contracts/{contract.pk}/notice/")
    ended = now.date() + timedelta(days=40)
    actions.give_notice(viewer=other, contract=contract, noticed_on=now.date(), ended_on=ended, reason="移転", now=now)
    count = ContractChange.objects.filter(contract=contract).count()
    response = send(noticed_on=str(now.date()), ended_on=str(ended + timedelta(days=1)))
    assert response.status_code == 409
    assert aoi.name in response.content.decode()
    assert ContractChange.objects.filter(contract=contract).count() == count


def test_what_success_means(opened, account, other, aoi, now):
    actions.define_success(viewer=other, account=account, fields={"goal": "はじめ"}, now=now)
    _sent, send = opened(f"/desk/customers/{account.pk}/success/")
    actions.define_success(viewer=other, account=account, fields={"goal": "ほかの人の目標"}, now=now)
    response = send(goal="わたしの目標", criteria="月末まで")
    page = response.content.decode()
    assert response.status_code == 409
    assert "ほかの人の目標" in page
    assert aoi.name in page
    kept = again(response)
    assert kept["goal"] == "わたしの目標"
    assert [send(**kept).status_code for _twice in range(2)] == [302, 302]
    assert SuccessDefinition.objects.filter(account=account).count() == 3


def test_a_note_in_two_windows(opened, account, desk, now):
    note = actions.write_note(viewer=desk, account=account, body="一", is_internal=True, now=now)
    _sent, send = opened(f"/desk/notes/{note.pk}/")
    actions.edit_note(viewer=desk, note=note, body="二", is_internal=True, now=now)
    response = send(body="三")
    assert response.status_code == 409
    assert "二" in response.content.decode()
    assert send(**again(response)).status_code == 302
    note.refresh_from_db()
    assert note.body == "三"
    assert note.versions.count() == 2


def test_the_manager_s_own_fields(opened, account, other, aoi, now):
    for slug in ("rank", "shops"):
        actions.define_attribute(
            viewer=other, slug=slug, label={"ja": f"{slug}欄", "en": ""}, kind="text", choices=[], now=now
        )
    _sent, send = opened(f"/desk/customers/{account.pk}/fields/")
    actions.set_attributes(viewer=other, account=account, values={"rank": "A"}, now=now)
    response = send(rank="B", shops="3")
    page = response.content.decode()
    assert response.status_code == 409
    assert aoi.name in page
    assert "rank欄" in page
    kept = again(response)
    assert [send(**kept).status_code for _twice in range(2)] == [302, 302]
    values = account.attribute_values.filter(ended_at=None)
    assert dict(values.values_list("attribute__slug", "value")) == {"rank": "B", "shops": "3"}
