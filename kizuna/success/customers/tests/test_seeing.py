"""Owners hide groups of fields from roles: from reading, asking and writing alike, and nothing that stands there is lost."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kizuna.core.audit.models import AuditNote
from kizuna.core.members import actions as members
from kizuna.core.members.models import RoleGrant
from kizuna.core.members.policies import Refused, can_grant
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions, seeing
from kizuna.success.customers.models import Account, AccountAttribute, Contact, Contract
from kizuna.success.customers.queries import account as reading
from kizuna.success.customers.queries import finding, lists
from tests.cast import make_member

pytestmark = pytest.mark.django_db
PAGE = "/studio/customer-fields/"
# A relation, as the builder carries it along.
KEPT = json.dumps(
    {
        "relation": "account.people",
        "match": "any",
        "where": {"fact": "account_person.recommends", "op": "yes"},
    }
)


@pytest.fixture
def hide(aoi, viewer_of, now):
    """Return a function that hides groups from success managers and analysts."""

    def go(*groups: str) -> None:
        hidden = dict.fromkeys(("success_manager", "analyst"), groups)
        actions.hide_fields(viewer=viewer_of(aoi), hidden=hidden, now=now)

    return go


@pytest.fixture
def call(emi):
    """Return a function that asks the API as Emi."""
    viewer, now = members.system_viewer(), timezone.now()
    secret = members.make_token(viewer=viewer, member=emi, scopes=(), now=now)[1]

    def go(method: str, path: str, body: dict | None = None):
        headers = {"Authorization": f"Bearer {secret}"}
        text = json.dumps(body) if body is not None else ""
        return Client().generic(method, f"/api/v1{path}", text, content_type="application/json", headers=headers)

    return go


def test_nothing_is_hidden_until_an_owner_says_so(desk, ken, viewer_of):
    for viewer in (desk, viewer_of(ken), members.system_viewer()):
        assert seeing.seen(viewer) == {"contact": True, "amount": True, "judgement": True}
    assert seeing.hidden_groups(Viewer()) == set(seeing.FIELDS)


def test_roles_add_up_and_owners_see_everything(aoi, emi, ken, hide, viewer_of, now):
    hide("amount")
    assert not seeing.sees(viewer_of(emi), "amount")
    assert seeing.sees(viewer_of(emi), "contact")
    assert seeing.sees(viewer_of(aoi), "amount")
    assert seeing.sees(members.system_viewer(), "amount")
    RoleGrant.objects.create(member=ken, role="admin", granted_at=now)
    assert seeing.sees(viewer_of(ken), "amount")


def test_the_page_is_for_owners(client_of, aoi, emi, chie):
    admin = make_member("ada", "admin")
    assert {client_of(member).get(PAGE).status_code for member in (admin, emi, chie)} == {403}
    assert client_of(admin).post(PAGE, {}).status_code == 403
    page = client_of(aoi).get(PAGE).content.decode()
    assert page.count(" checked") >= 9
    assert 'value="analyst:amount"' in page
    assert "Who sees fields of customers" in client_of(aoi).get(f"{PAGE}?lang=en").content.decode()


def test_what_is_not_ticked_is_hidden_and_written_down(client_of, aoi, ken):
    AuditNote.objects.all().delete()
    ticked = [
        f"{role}:{group}" for role in seeing.ROLES for group in seeing.FIELDS if (role, group) != ("analyst", "amount")
    ]
    client = client_of(aoi)
    assert "保存しました" in client.post(PAGE, {"see": ticked}, follow=True).content.decode()
    note = AuditNote.objects.get(action="customer_fields.hidden")
    assert (note.actor_id, note.detail) == (aoi.pk, {"role": "analyst", "hidden": ["amount"]})
    assert "変更はありません" in client.post(PAGE, {"see": ticked}, follow=True).content.decode()
    assert AuditNote.objects.filter(action="customer_fields.hidden").count() == 1
    page = client.get("/studio/audit/").content.decode()
    assert "顧客の項目を役割に対して非表示に設定" in page
    assert "役割: 分析担当, 非表示: 金額" in page
    assert "顧客の項目の表示を変更" in client.get("/studio/").content.decode()


def test_an_admin_hands_on_no_role_that_sees_more(client_of, aoi, chie, viewer_of, now):
    admin = make_member("ada", "admin")
    grant = {"viewer": viewer_of(admin), "member_id": admin.pk, "role": "analyst", "now": now}
    assert can_grant(viewer_of(admin), "analyst")
    actions.hide_fields(viewer=viewer_of(aoi), hidden={"admin": ["amount"]}, now=now)
    assert not can_grant(viewer_of(admin), "analyst")
    assert can_grant(viewer_of(admin), "moderator")
    assert can_grant(viewer_of(admin), "")
    with pytest.raises(Refused):
        members.grant_role(**grant)
    with pytest.raises(Refused):
        members.invite(viewer=viewer_of(admin), email="second@example.com", role="success_manager", now=now)
    page = client_of(admin).get(f"/studio/members/{chie.pk}/").content.decode()
    assert re.search(r'value="analyst"[^>]*disabled', page) or 'value="analyst"' not in page
    actions.hide_fields(viewer=viewer_of(aoi), hidden={"admin": ["amount"], "analyst": ["amount"]}, now=now)
    members.grant_role(**grant)
    assert not seeing.sees(viewer_of(admin), "amount")


def test_nobody_becomes_the_person_whose_details_are_hidden_from_them(client_of, emi, hide, person):
    hide("contact")
    address = f"/desk/contacts/{person.pk}/"
    assert "@handle" not in client_of(emi).get(address).content.decode()
    client_of(emi).post(f"{address}member/", {"handle": "emi"})
    assert Contact.objects.get(pk=person.pk).member is None
    hide()
    client_of(emi).post(f"{address}member/", {"handle": "emi"})
    assert Contact.objects.get(pk=person.pk).member == emi


def test_only_known_roles_and_groups_are_taken(aoi, viewer_of, desk, now):
    with pytest.raises(Refused):
        actions.hide_fields(viewer=desk, hidden={"analyst": ["amount"]}, now=now)
    for bad in ({"owner": ["amount"]}, {"analyst": ["zq"]}):
        with pytest.raises(ValueError, match="Expected"):
            seeing.HIDDEN.clean(bad)


def test_a_hidden_field_is_refused_by_its_name_whatever_is_sent(call, hide, account, person, contract, desk, now):
    actions.change_account(viewer=desk, account=account, fields={"phone": "03-1", "fit": "no"}, now=now)
    hide("contact", "amount", "judgement")
    for path, body in (
        (f"/accounts/{account.pk}", {"phone": "03-1"}),
        (f"/accounts/{account.pk}", {"phone": "03-2"}),
        (f"/accounts/{account.pk}", {"fit": "no"}),
        (f"/accounts/{account.pk}", {"domains": ["x.example"]}),
        (f"/contacts/{person.pk}", {"email": "Miura@aonami.co.jp"}),
        (f"/contacts/{person.pk}", {"email": "nobody@example.com"}),
        (f"/contracts/{contract.pk}", {"currency": "JPY"}),
        (f"/contracts/{contract.pk}", {"lines": [{"product": "x", "unit_price": 12000}]}),
        (f"/contracts/{contract.pk}", {"ended_on": "2027-01-31", "end_reason": "x"}),
    ):
        answer = call("PATCH", path, body)
        assert answer.status_code == 422, (path, body)
        assert "表示されないため" in answer.json()["detail"], (path, body)
    assert call("PATCH", f"/accounts/{account.pk}", {"industry": "小売"}).status_code == 200
    assert call("PATCH", f"/contracts/{contract.pk}", {"title": "新"}).status_code == 200
    assert call("POST", "/accounts", {"name": "新しい", "phone": "03-3"}).status_code == 422
    assert call("POST", "/accounts", {"name": "新しい"}).json()["phone"] is None
    assert call("POST", "/contacts", {"account_id": account.pk, "name": "x", "email": "x@y.jp"}).status_code == 422
    line = {"product": "x", "unit_price": 1}
    sent = {"account_id": account.pk, "starts_on": "2026-11-01", "lines": [line]}
    assert call("POST", "/contracts", sent).status_code == 422


def test_the_api_says_null_for_what_is_hidden(call, hide, account, person, contract):
    before = call("GET", f"/contracts/{contract.pk}").json()
    assert (before["lines"][0]["unit_price"], before["currency"]) == (12_000, "JPY")
    hide("contact", "amount", "judgement")
    found = call("GET", f"/accounts/{account.pk}").json()
    assert {found[name] for name in ("phone", "monthly_amount", "currency", "fit", "fit_reason")} == {None}
    assert found["name"] == "株式会社青波堂"
    found = call("GET", f"/contracts/{contract.pk}").json()
    assert (found["currency"], found["end_reason"]) == (None, None)
    assert {found["lines"][0][name] for name in ("unit_price", "tax_percent")} == {None}
    assert found["lines"][0]["seats"] == 4
    found = call("GET", f"/contacts/{person.pk}").json()
    assert (found["email"], found["phone"], found["name"]) == (None, None, "三浦 香織")


def test_a_form_leaves_what_it_does_not_show_as_it_is(client_of, emi, hide, account, person, contract, desk, now):
    facts = {"phone": "03-1", "fit": "no", "fit_reason": "業種"}
    actions.change_account(viewer=desk, account=account, fields=facts, now=now)
    actions.change_contact(viewer=desk, contact=person, fields={"recommends": True}, now=now)
    hide("contact", "amount", "judgement")
    client = client_of(emi)
    page = client.get(f"/desk/customers/{account.pk}/edit/").content.decode()
    assert not {name for name in ("phone", "fit", "fit_reason", "domains") if f'name="{name}"' in page}
    typed = {"kind": "firm", "name": "青波堂", "external_id": "C-1", "phone": "99", "fit": "yes", "domains": "a.jp"}
    assert client.post(f"/desk/customers/{account.pk}/edit/", typed).status_code == 302
    kept = Account.objects.get(pk=account.pk)
    assert (kept.name, kept.phone, kept.fit, kept.fit_reason) == ("青波堂", "03-1", "no", "業種")
    assert not kept.domains.filter(domain="a.jp").exists()
    assert client.post(f"/desk/contacts/{person.pk}/edit/", {"name": "三浦", "email": "z@z.jp"}).status_code == 302
    kept = Contact.objects.get(pk=person.pk)
    assert (kept.name, kept.email, kept.recommends) == ("三浦", "Miura@aonami.co.jp", True)
    terms = {"title": "新", "billing": "monthly", "currency": "USD", "starts_on": "2026-02-01", "term_months": "12"}
    assert client.post(f"/desk/contracts/{contract.pk}/edit/", terms).status_code == 302
    kept = Contract.objects.get(pk=contract.pk)
    assert (kept.title, kept.currency) == ("新", "JPY")


def test_a_notice_noted_anew_keeps_the_reason_that_is_not_shown(client_of, emi, hide, contract, desk, now):
    days = {"noticed_on": date(2026, 11, 20), "ended_on": date(2027, 1, 31)}
    actions.give_notice(viewer=desk, contract=contract, reason="予算", now=now, **days)
    hide("judgement")
    typed = {"noticed_on": "2026-11-21", "ended_on": "2027-01-31", "reason": "なし"}
    assert client_of(emi).post(f"/desk/contracts/{contract.pk}/notice/", typed).status_code == 302
    kept = Contract.objects.get(pk=contract.pk)
    assert (kept.noticed_on, kept.end_reason) == (date(2026, 11, 21), "予算")


@pytest.mark.parametrize(
    ("group", "page"),
    [
        ("amount", "customers/{account}/contracts/new/"),
        ("amount", "contracts/{contract}/lines/"),
        ("judgement", "customers/{account}/success/"),
    ],
)
def test_a_form_made_of_what_is_hidden_is_refused_and_says_why(client_of, emi, hide, account, contract, group, page):
    address = "/desk/" + page.format(account=account.pk, contract=contract.pk)
    client = client_of(emi)
    assert client.get(address).status_code == 200
    hide(group)
    assert client.get(address).status_code == client.post(address, {}).status_code == 403
    assert "あなたの役割には表示されない" in client.get(address).content.decode()
    assert address not in client.get(f"/desk/customers/{account.pk}/").content.decode()


def test_a_domain_is_not_verified_by_whom_it_is_hidden_from(client_of, emi, hide, account):
    hide("contact")
    client_of(emi).post(f"/desk/customers/{account.pk}/domains/", {"domain": "aonami.co.jp"})
    assert not account.domains.filter(is_verified=True).exists()
    assert "aonami.co.jp" not in client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()


def test_a_list_by_a_hidden_field_is_in_the_order_of_names(desk, emi, hide, make_account, contract, viewer_of, now):
    make_account("株式会社いちばん")
    wanted = lists.ListFilter.of({"sort": "amount"}, columns=["amount", "owner"])
    today = now.date()
    assert lists.page_of_accounts(desk, wanted, today=today).accounts[0].name == "株式会社青波堂"
    hide("amount")
    page = lists.page_of_accounts(viewer_of(emi), wanted, today=today)
    names = lists.page_of_accounts(viewer_of(emi), lists.ListFilter(), today=today)
    assert [row.pk for row in page.accounts] == [row.pk for row in names.accounts]
    assert wanted.seen_by(viewer_of(emi)).columns == ("owner",)


def test_a_filter_by_a_hidden_field_lists_nobody_and_says_why(client_of, emi, hide, make_account):
    make_account("株式会社ふむき", fit="no")
    client = client_of(emi)
    assert "ふむき" in client.get("/desk/customers/?fit=no").content.decode()
    hide("judgement")
    page = client.get("/desk/customers/?fit=no").content.decode()
    assert "ふむき" not in page
    assert "判断" in page
    assert "条件を外すまで、顧客は表示されません" in page
    assert client.get("/desk/customers/csv/?fit=no").getvalue().count(b"\n") == 1
    # Whoever chose no columns is not told of some that were chosen.
    assert "col=" not in client.get("/desk/customers/").content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"rule.0.fact": "account.monthly_amount", "rule.0.op": "gte", "rule.0.value": "1"},
        {"rule.0.fact": "account.fit", "rule.0.op": "one_of", "rule.0.value": "unknown"},
        {"rule.0.kept": KEPT},
    ],
)
def test_a_rule_typed_by_hand_asks_nothing_that_is_hidden(client_of, emi, hide, account, person, desk, now, typed):
    actions.change_contact(viewer=desk, contact=person, fields={"recommends": True}, now=now)
    hide("amount", "judgement")
    client, sent = client_of(emi), {"rule.join": "all", "who": "青波堂", "step": "show", **typed}
    answer = client.post("/desk/customers/rule/", sent)
    assert answer.status_code == 422
    assert "青波堂</a>" not in answer.content.decode()
    assert "紹介の意思" not in answer.content.decode()
    hide()
    assert client.post("/desk/customers/rule/", sent).status_code == 302


def test_a_view_resting_on_what_is_hidden_is_refused_by_the_api(call, desk, hide, account, now):
    rule = {
        "version": 1,
        "entity": "account",
        "root": {"all": [{"fact": "account.monthly_amount", "op": "gte", "value": 0}]},
    }
    by_rule = actions.save_view(viewer=desk, name="額", query="", is_shared=True, now=now, rule=rule)
    by_filter = actions.save_view(viewer=desk, name="適合", query="fit=unknown", is_shared=True, now=now)
    for view in (by_rule, by_filter):
        assert call("GET", f"/accounts?view={view.pk}").json()["items"]
    hide("amount", "judgement")
    for view in (by_rule, by_filter):
        assert call("GET", f"/accounts?view={view.pk}").status_code == 422
    views = call("GET", "/account-views").json()["items"]
    assert [(view["is_stopped"], view["sentence"]) for view in views] == [(True, ""), (True, "")]


def test_people_are_found_by_name_and_never_by_address(emi, hide, person, viewer_of):
    found = lambda text: finding.people_named(viewer_of(emi), text, limit=5)  # noqa: E731
    assert all(found(text) == [person] for text in ("miura", "aonami.co", "三浦 香織", "ミウラ", "みうら"))
    hide("contact")
    assert all(found(text) == [person] for text in ("三浦 香織", "ミウラ", "みうら", "香織"))
    assert not any(found(text) for text in ("miura", "aonami", "@", "co.jp", ""))


def test_an_own_field_is_shown_with_its_group_and_stays_in_it(client_of, aoi, emi, hide, account, viewer_of, now):
    owner, label = viewer_of(aoi), {"ja": "総額", "en": "Total"}
    field = actions.define_attribute(
        viewer=owner, slug="total", label=label, kind="number", choices=(), field_group="amount", now=now
    )
    actions.set_attributes(viewer=owner, account=account, values={"total": 77_123}, now=now)
    assert "77123" in client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
    hide("amount")
    assert reading.attributes_of(viewer_of(emi), account) == []
    with pytest.raises(Refused):
        actions.set_attributes(viewer=viewer_of(emi), account=account, values={"total": 1}, now=now)
    actions.define_attribute(viewer=owner, slug="total", label=label, kind="number", choices=(), now=now)
    assert AccountAttribute.objects.get(pk=field.pk).field_group == "amount"
    typed = {"slug": "total", "label_ja": "総額", "kind": "number", "field_group": "everybody"}
    assert client_of(aoi).post("/desk/customers/fields/", typed).status_code == 302
    assert AccountAttribute.objects.get(pk=field.pk).field_group == ""


def test_an_admin_defines_no_field_of_a_group_that_is_hidden_from_them(client_of, aoi, viewer_of, now):
    admin = make_member("ada", "admin")
    actions.hide_fields(viewer=viewer_of(aoi), hidden={"admin": ["amount"]}, now=now)
    page = client_of(admin).get("/desk/customers/fields/").content.decode()
    assert 'value="contact"' in page
    assert 'value="amount"' not in page
    with pytest.raises(Refused):
        actions.define_attribute(
            viewer=viewer_of(admin), slug="x", label={"ja": "x"}, kind="text", choices=(), field_group="amount", now=now
        )


def test_the_gate_asks_the_database_nothing(client_of, emi, hide, contract, account):
    client = client_of(emi)
    address = f"/desk/customers/{account.pk}/"
    counts = []
    for groups in ((), ("contact",)):
        hide(*groups)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[1] <= counts[0]


def test_a_merge_does_not_count_what_is_hidden(client_of, emi, hide, account, make_account, desk, now):
    other = make_account("青波")
    actions.change_account(viewer=desk, account=other, fields={"domains": ["kodama-shop.co.jp"]}, now=now)
    actions.define_success(viewer=desk, account=other, fields={"goal": "半日で終わる"}, now=now)
    client, address = client_of(emi), f"/desk/customers/{account.pk}/merge/?with={other.pk}"
    words = ("ドメイン", "成功の定義")
    assert all(word in client.get(address).content.decode() for word in words)
    hide("contact", "judgement")
    assert not any(word in client.get(address).content.decode() for word in words)
