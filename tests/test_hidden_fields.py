"""A field hidden from a role reaches nobody of that role: not by a page, a file, a search, an order, an import or the API.

Marks that cannot be mistaken are planted in every field of each group; then every address is read as each role.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from kizuna.core.members import actions as members
from kizuna.core.privacy import actions as privacy
from kizuna.core.privacy.models import PrivacyRequest
from kizuna.success.customers import actions as customers
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account, SavedView
from kizuna.success.customers.queries import ruling
from kizuna.success.imports import actions as imports
from kizuna.success.imports import running, storing
from kizuna.success.imports.models import ImportRun
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry
from tests.cast import make_member
from tests.test_api_routes import OPERATIONS, _given
from tests.test_routes import address_of, body_of, examples, routes

# The addresses name first rows; PostgreSQL does not give their numbers again after a rollback.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

ROLES = ("admin", "success_manager", "analyst")
PHONE, MOBILE, HOST, EMAIL = "03-4271-9988", "090-4271-9977", "zqmarked.example.org", "zqmarker@zqmarked.example.org"
OWN = {"contact": "zqowncontact", "amount": "zqownamount", "judgement": "zqownjudgement"}
# What each group's values look like, wherever they stand. 7,654,321 is the price of a line, 7,655,321 the sum of a month.
MARKS = {
    "contact": re.compile(rf"{PHONE}|{MOBILE}|zqmarker|{re.escape(HOST)}|0342719988|{OWN['contact']}"),
    "amount": re.compile(rf"7[,.]?65[45][,.]?321|6[,.]?543[,.]?219|{OWN['amount']}"),
    "judgement": re.compile(rf"zqfitreason|zqsuccess|zqendreason|合っていない|紹介の意思あり|{OWN['judgement']}"),
}
TABLES = {
    "customers": (
        "会社名,顧客コード,電話番号,適合理由,担当者名,メールアドレス,従業員数\n"
        f"zqtable,Z-1,{PHONE},zqfitreason,zqperson,{EMAIL},なし\nzqtable2,Z-2,{PHONE},zqfitreason,,,7\n"
    ),
    "contracts": "顧客コード,契約番号,開始日,商品,単価\nZQ-1,ZK-9,2026-04-01,zqproduct,7654321\nZQ-1,ZK-8,いつか,zqproduct,7654321\n",
    "purchases": "顧客コード,注文番号,注文日,商品,金額\nZQ-1,ZP-9,2026-04-01,zqproduct,6543219\nZQ-1,ZP-8,いつか,zqproduct,6543219\n",
    "cancellations": "顧客コード,解約番号,解約日,理由,コメント\nZQ-1,ZC-9,2026-04-01,zqendreason,zqendreason\nZQ-1,ZC-8,いつか,x,\n",
    "tickets": f"チケット番号,件名,受付日,差出人\nZT-9,zqticket,2026-04-01,{EMAIL}\nZT-8,zqticket,いつか,{MOBILE}\n",
    "usage": f"顧客コード,利用者ID,日付,イベント,回数\nZQ-1,{EMAIL},2026-04-01,login,3\nZQ-1,{EMAIL},いつか,login,3\n",
    "nps": f"回答ID,スコア,回答日,メールアドレス\nZN-9,9,2026-04-01,{EMAIL}\nZN-8,99,2026-04-01,{EMAIL}\n",
}


@pytest.fixture
def marked(world):
    """Plant a mark in every field of each group, and in what is made from them."""
    emi, aoi, now = world.viewer("emi"), world.viewer("aoi"), world.now
    account = Account.objects.get(pk=world.customers["account"].pk)
    fields = {"phone": PHONE, "fit": "no", "fit_reason": "zqfitreason", "domains": [HOST], "external_id": "ZQ-1"}
    customers.change_account(viewer=emi, account=account, fields=fields, now=now)
    person = {"phone": MOBILE, "email": EMAIL, "recommends": True}
    customers.change_contact(viewer=emi, contact=world.customers["contact"], fields=person, now=now)
    texts = dict.fromkeys(("problem", "goal", "contribution", "criteria"), "zqsuccess")
    customers.define_success(viewer=emi, account=account, fields=texts, now=now)
    _plant_contracts(world, account)
    for group, word in OWN.items():
        customers.define_attribute(
            viewer=aoi, slug=word, label={"ja": group, "en": group}, kind="text", choices=(), field_group=group, now=now
        )
        customers.set_attributes(viewer=emi, account=account, values={word: word}, now=now)
    _plant_views(world)
    _plant_beside(world, account)
    for kind, table in TABLES.items():
        _bring(world, kind, table)
    privacy.record_request(
        viewer=aoi,
        fields={
            "kind": "access",
            "channel": "telephone",
            "name": "zqperson",
            "address": EMAIL,
            "text": "",
            "law": "appi",
        },
        received_at=now,
        now=now,
        contact_id=world.customers["contact"].pk,
    )
    return world


def _plant_contracts(world, account: Account) -> None:
    emi, now = world.viewer("emi"), world.now
    line = {"product": "zqproduct", "unit_price": 7_654_321}
    terms = {"starts_on": now.date(), "title": "zqcontract", "external_id": "ZK-1"}
    customers.sign_contract(viewer=emi, account=account, fields=terms, lines=[line], now=now)
    ended = {**terms, "external_id": "ZK-2", "ended_on": now.date() + timedelta(days=9), "end_reason": "zqendreason"}
    free = {"product": "zqproduct", "unit_price": 0}
    world.customers["contract"] = customers.sign_contract(
        viewer=emi, account=account, fields={**ended, "starts_on": now.date()}, lines=[free], now=now
    )
    bought = {
        "account_id": account.pk, "kind": "first", "product": "zqproduct", "amount": 6_543_219, "purchased_on": now.date(),
    }  # fmt: skip
    customers.note_purchases(viewer=emi, rows=[bought], now=now)


def _plant_beside(world, account: Account) -> None:
    """Plant what stands beside the fields: cancellations, inquiries that name who wrote, a customer that was merged into it."""
    emi, now = world.viewer("emi"), world.now
    left = {"account_id": account.pk, "cancelled_on": now.date(), "reason": "zqendreason", "told": "zqendreason"}
    customers.note_cancellations(viewer=emi, rows=[left], now=now)
    arrival = inbox.Arrival(channel="mail", title="zqinquiry", body="x", received_at=now, sender=f"zqmarker <{EMAIL}>")
    inbox.receive(arrival=arrival, now=now)
    inbox.note_missed_call(phone=MOBILE, at=now, now=now)
    said = {"name": "zqabsorbed", "phone": PHONE, "fit": "no", "fit_reason": "zqfitreason", "domains": [f"b.{HOST}"]}
    other = customers.create_account(viewer=emi, fields=said, now=now)
    texts = dict.fromkeys(("problem", "goal", "contribution", "criteria"), "zqsuccess")
    customers.define_success(viewer=emi, account=other, fields=texts, now=now)
    customers.merge_accounts(viewer=emi, kept=account, absorbed=other, now=now)
    customers.create_account(viewer=emi, fields={**said, "name": "zqalike", "domains": [f"c.{HOST}"]}, now=now)


def _plant_views(world) -> None:
    """Share views that rest on each group, by rule and by filter."""
    asked = {
        "amount": {"fact": "account.monthly_amount", "op": "gte", "value": 7_654_321},
        "judgement": {"fact": "account.fit", "op": "one_of", "value": ["no"]},
        "contact": {"fact": "account_attribute.zqowncontact", "op": "contains", "value": "zqowncontact"},
    }
    for group, condition in asked.items():
        rule = {"version": 1, "entity": "account", "root": {"all": [condition]}}
        customers.save_view(
            viewer=world.viewer("emi"), name=f"zq {group}", query="", is_shared=True, now=world.now, rule=rule
        )
    customers.save_view(
        viewer=world.viewer("emi"), name="zq fit", query="fit=no&sort=amount", is_shared=True, now=world.now
    )


def _bring(world, kind: str, table: str) -> None:
    """Rehearse a table as Emi, with a bad row in it."""
    arriving = storing.Arriving(storing.pieces_of(io.BytesIO(table.encode())))
    emi, now = world.viewer("emi"), world.now
    run = imports.begin_run(
        viewer=emi, kind=kind, file_name=f"{kind}.csv", digest=arriving.digest, byte_count=arriving.size, now=now
    )
    arriving.settle(run.pk)
    running.examine(run)
    run.refresh_from_db()
    imports.begin_phase(viewer=emi, run=run, state=ImportRun.State.REHEARSING, now=now, in_worker=False)
    run.refresh_from_db()
    running.rehearse(run)


def hide(world, *groups: str) -> None:
    customers.hide_fields(viewer=world.viewer("aoi"), hidden={role: groups for role in seeing.ROLES}, now=world.now)


def person_of(role: str):
    return make_member(f"role_{role}", role)


def addresses(world, *, only_desk: bool) -> Iterator[str]:
    """Yield every address that can be read, those of the desk with what may be asked there."""
    for name, pattern in routes():
        if name.startswith(("api:", "components:")) or name in ("account_logout", "members:view-as-end"):
            continue
        address = address_of(name, pattern, examples(world))
        if not only_desk or address.startswith("/desk/"):
            yield address
    yield from asked_of(world)


def asked_of(world) -> Iterator[str]:
    """Yield what else can be asked on the desk: of every row that was planted, in every way."""
    account = world.customers["account"].pk
    yield from (f"/desk/requests/{pk}/" for pk in PrivacyRequest.objects.values_list("pk", flat=True))
    for run in ImportRun.objects.filter(row_count__gt=0).order_by("pk"):
        for rest in ("", "?rows=new", "?rows=changed", "?rows=bad", "columns/", "bad-rows/", "bad-rows/?as=xlsx"):
            yield f"/desk/imports/{run.pk}/{rest}"
    others = Account.objects.filter(name__startswith="zqa").values_list("pk", flat=True)
    yield from (f"/desk/customers/{pk}/{page}" for pk in others for page in ("", "timeline/", "edit/"))
    yield from (f"/desk/customers/{account}/merge/?with={pk}" for pk in others)
    day = world.now.date() + timedelta(days=1)
    yield from (
        f"/desk/customers/{account}/{rest}" for rest in (f"past/?on={day}", "timeline/?q=zqproduct", "success/")
    )
    for pk in Inquiry.objects.order_by("pk").values_list("pk", flat=True):
        yield f"/desk/inquiries/{pk}/"
    yield from (f"/desk/inquiries/{rest}" for rest in ("?q=zqinquiry", "table/", "csv/?all=1", "table/?q=zqinquiry"))
    yield from (f"/desk/find/?q={word}" for word in ("zqinquiry", "zqcontract", "zqabsorbed", "zqproduct", "zqperson"))
    for pk in world.customers["account"].contracts.values_list("pk", flat=True):
        yield from (f"/desk/contracts/{pk}/{page}" for page in ("", "edit/", "lines/", "notice/"))
    columns = [("col", name) for name in ("amount", "fit", "owner")]
    for query in (columns, [*columns, ("sort", "amount")], [("fit", "no")], [("fit", "no"), ("sort", "amount")]):
        yield from (f"/desk/customers/{part}?{urlencode(query)}" for part in ("", "csv/", "xlsx/"))
    for view in SavedView.objects.order_by("pk"):
        yield from (f"/desk/customers/{part}?{view.address}" for part in ("", "csv/", "rule/"))
        yield f"/desk/customers/{account}/reasons/?view={view.pk}"


def searches(world) -> Iterator[tuple[str, str]]:
    """Yield (group, address) of searches by a value of the group: whether somebody is found tells it as well."""
    account = world.customers["account"].pk
    for word in (PHONE, MOBILE, "zqmarker", HOST):
        yield "contact", f"/desk/find/?q={word}"
        yield "contact", f"/desk/customers/?q={word}"
    yield "judgement", f"/desk/customers/{account}/timeline/?q=zqendreason"


def content_of(response) -> str:
    """Return headers and body; a workbook is unpacked."""
    body = body_of(response)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return "\n".join(
        [*(f"{name}: {value}" for name, value in response.headers.items()), body.decode("utf-8", "replace")]
    )


def met(client, address: str, *, headers: dict[str, str] | None = None) -> set[str]:
    """Return the groups of which a value stands in the answer and not in the question."""
    response = client.get(address, headers=headers or {})
    assert response.status_code < 500, address
    return groups_in(content_of(response), asked=address)


def groups_in(content: str, *, asked: str = "") -> set[str]:
    if "fit=no" in asked:  # the question is repeated, with the way to take it away
        content = re.sub(r'aria-label="[^"]*合っていない"|: 合っていない ', "", content)
    return {group for group, mark in MARKS.items() if any(found not in asked for found in mark.findall(content))}


@pytest.fixture
def client_as(client_of):
    return lambda role: client_of(person_of(role), raise_request_exception=False)


@pytest.fixture
def api_as(world):
    """Return a function from a role to {operation: groups of which a value stands in the answer}."""

    def ask(role: str) -> dict[str, set[str]]:
        member = person_of(role)
        secret = members.make_token(viewer=members.system_viewer(), member=member, now=world.now)[1]
        headers, client = {"Authorization": f"Bearer {secret}"}, Client()
        asked = [operation.removeprefix("GET ") for operation in OPERATIONS if operation.startswith("GET ")]
        found = {path: met(client, f"/api/v1{path.format(**_given(world))}", headers=headers) for path in asked}
        for view in SavedView.objects.order_by("pk"):
            path = f"/accounts?view={view.pk}&count=true"
            found[f"{view.name} {path}"] = met(client, f"/api/v1{path}", headers=headers)
        return found

    return ask


def told(found: dict[str, set[str]], groups: set[str]) -> dict[str, set[str]]:
    return {address: wrong for address, marks in found.items() if (wrong := marks & groups)}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_from_which_all_is_hidden_meets_nothing_anywhere(marked, client_as, role):
    hide(marked, *seeing.FIELDS)
    client = client_as(role)
    found = {address: met(client, address) for address in addresses(marked, only_desk=False)}
    assert len(found) > 250
    assert not told(found, set(seeing.FIELDS))


@pytest.mark.parametrize(("role", "group"), list(zip(ROLES, seeing.FIELDS, strict=True)))
def test_what_is_hidden_is_met_nowhere_on_the_desk_and_the_rest_is(marked, client_as, role, group):
    hide(marked, group)
    client = client_as(role)
    found = {address: met(client, address) for address in addresses(marked, only_desk=True)}
    assert not told(found, {group})
    everywhere = set().union(*found.values())
    assert everywhere == set(seeing.FIELDS) - {group}


@pytest.mark.parametrize("group", seeing.FIELDS)
def test_a_form_that_somebody_overtook_tells_nothing_that_is_hidden(marked, client_as, group):
    """Its answer shows what stands there now: of the fields that the form asks for, and of no others."""
    hide(marked, group)
    account, contact = marked.customers["account"].pk, marked.customers["contact"].pk
    contract = marked.customers["account"].contracts.order_by("pk").first().pk
    client, sent = client_as("success_manager"), {"opened": f"0.{'0' * 16}", "name": "zqtyped", "kind": "firm"}
    sent |= {"billing": "monthly", "currency": "USD", "starts_on": "2026-05-01", "term_months": 7, "goal": "zqtyped"}
    sent |= {word: "zqtyped" for word in OWN.values()}
    told, statuses = set(), []
    for address in (
        f"/desk/customers/{account}/edit/",
        f"/desk/customers/{account}/fields/",
        f"/desk/customers/{account}/success/",
        f"/desk/contacts/{contact}/edit/",
        f"/desk/contracts/{contract}/edit/",
    ):
        response = client.post(address, sent)
        told |= groups_in(content_of(response))
        statuses.append(response.status_code)
    assert group not in told
    assert statuses.count(409) >= 4
    assert told == set(seeing.FIELDS) - {group}


@pytest.mark.parametrize(("role", "group"), list(zip(ROLES, seeing.FIELDS, strict=True)))
def test_the_api_tells_nothing_that_is_hidden(marked, api_as, role, group):
    hide(marked, group)
    found = api_as(role)
    assert not told(found, {group})
    assert set().union(*found.values()) == set(seeing.FIELDS) - {group}


@pytest.mark.parametrize("role", ROLES)
def test_as_long_as_nothing_is_hidden_everything_is_there_to_be_found(marked, client_as, role):
    client = client_as(role)
    account = marked.customers["account"].pk
    pages = [f"/desk/customers/{account}/", "/desk/customers/?col=amount&col=fit", "/desk/customers/csv/"]
    for address in pages:
        assert met(client, address) >= {"amount", "judgement"}, address
    assert met(client, f"/desk/customers/{account}/") == set(seeing.FIELDS)
    if role != "analyst":  # who changes nothing
        assert not [address for address in asked_of(marked) if client.get(address).status_code not in (200, 302)]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_found_by_what_is_hidden(marked, client_as, role):
    client = client_as(role)

    def finds(address: str) -> bool:
        text = content_of(client.get(address))
        return "/desk/contacts/" in text or 'class="co link"' in text or 'id="timeline"' in text

    before = {address: finds(address) for _group, address in searches(marked)}
    assert before["/desk/find/?q=zqmarker"] is True
    hide(marked, *seeing.FIELDS)
    after = {address: finds(address) for _group, address in searches(marked)}
    assert not any(after.values())


def test_people_are_still_found_by_name(marked, client_as):
    hide(marked, "contact")
    client = client_as("analyst")
    for word in ("zqcustomer", "さん", "zqcustomer さん"):
        assert f"/desk/contacts/{marked.customers['contact'].pk}/" in content_of(client.get(f"/desk/find/?q={word}"))


@pytest.mark.parametrize("fact", ["account.monthly_amount", "account.fit", "account.recommends"])
def test_a_rule_in_an_address_lists_nobody_and_says_why(marked, client_as, fact):
    value = {"value": ["no"], "op": "one_of"} if fact == "account.fit" else {"value": 1, "op": "gte"}
    source = {"version": 1, "entity": "account", "root": {"all": [{"fact": fact, **value}]}}
    word = ruling.word_of(ruling.rules.parse(source))
    client = client_as("analyst")
    assert 'class="co link"' in content_of(client.get(f"/desk/customers/?rule={word}"))
    hide(marked, *seeing.FIELDS)
    page = content_of(client.get(f"/desk/customers/?rule={word}"))
    assert 'class="co link"' not in page
    assert "あなたの役割には表示されません" in page
    assert client.get(f"/desk/customers/csv/?rule={word}").getvalue().count(b"\n") == 1
    assert client.get(f"/desk/customers/rule/?rule={word}").status_code == 302
    assert fact not in content_of(client.get("/desk/customers/rule/"))
