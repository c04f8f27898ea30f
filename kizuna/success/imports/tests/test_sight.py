"""An import neither writes nor shows fields of customers that are hidden from whoever brings or looks at it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Account, Contact, Contract
from kizuna.success.imports import actions, running, sight
from kizuna.success.imports.models import ImportRun, RememberedColumn
from tests.cast import make_member

pytestmark = pytest.mark.django_db
State = ImportRun.State
PEOPLE = (
    "顧客コード,会社名,電話番号,適合理由,担当者名,メールアドレス,業種\n"
    "K-1,青波堂,03-4271-9988,業種が違う,三浦,miura@example.org,小売\n"
)
CONTRACTS = "顧客コード,契約番号,開始日,商品,単価\nK-1,S-1,2026-04-01,みせばこ,7654321\n"


@pytest.fixture
def hide(aoi, viewer_of, now):
    def go(*groups: str) -> None:
        customers.hide_fields(viewer=viewer_of(aoi), hidden={"success_manager": groups}, now=now)

    return go


@pytest.fixture
def known(emi, viewer_of, now):
    """A customer whose telephone, fit and people are known already."""
    emi = viewer_of(emi)
    fields = {"name": "青波堂", "external_id": "K-1", "phone": "03-0000-1111", "fit": "no", "fit_reason": "小さい"}
    account = customers.create_account(viewer=emi, fields=fields, now=now)
    customers.add_contact(viewer=emi, account=account, fields={"name": "三浦", "email": "miura@example.org"}, now=now)
    return account


def test_hidden_fields_are_not_proposed_for_columns_and_match_nothing(imported, chosen, hide, known):
    assert {"phone", "fit_reason", "contact_email"} <= set(chosen("customers", PEOPLE).mapping)
    hide("contact", "judgement")
    run = imported("customers", PEOPLE)
    assert run.state == State.DONE
    assert set(run.mapping) == {"external_id", "name", "contact_name", "industry"}
    kept = Account.objects.get(pk=known.pk)
    assert (kept.phone, kept.fit_reason, kept.industry) == ("03-0000-1111", "小さい", "小売")
    assert Contact.objects.exclude(email="").count() == 1


def test_a_hidden_field_cannot_be_chosen_for_a_column(chosen, hide, emi, viewer_of):
    hide("contact")
    run = chosen("customers", PEOPLE)
    with pytest.raises(Refused):
        actions.choose_columns(
            viewer=viewer_of(emi), run=run, mapping={**run.mapping, "phone": 2}, orders={}, clears_empty=False,
            now=timezone.now(),
        )  # fmt: skip


def test_columns_left_out_because_they_are_hidden_are_not_remembered_as_left_out(chosen, hide, emi, viewer_of):
    hide("contact")
    run = chosen("customers", PEOPLE)
    actions.choose_columns(
        viewer=viewer_of(emi), run=run, mapping=run.mapping, orders={}, clears_empty=False, now=timezone.now()
    )
    assert not RememberedColumn.objects.filter(field="").exists()
    hide()
    assert "phone" in chosen("customers", PEOPLE).mapping


def test_contracts_are_brought_by_nobody_who_does_not_see_amounts(client_of, emi, chosen, hide, known):
    hide("amount")
    client = client_of(emi)
    page = client.get("/desk/imports/").content.decode()
    assert 'value="customers"' in page
    assert 'value="contracts"' not in page
    assert 'value="purchases"' not in page
    file = SimpleUploadedFile("契約.csv", CONTRACTS.encode())
    assert client.post("/desk/imports/", {"kind": "contracts", "file": file}).status_code == 422
    with pytest.raises(Refused, match="金額"):
        chosen("contracts", CONTRACTS)
    assert not ImportRun.objects.exists()


def test_rows_columns_and_files_of_a_colleague_are_not_shown(client_of, aoi, emi, rehearsed, hide, known):
    run = rehearsed("customers", PEOPLE + "K-2,,03-9,x,,,\n", member=aoi)
    address = f"/desk/imports/{run.pk}/"
    client = client_of(emi)
    assert "03-4271-9988" in client.get(f"{address}?rows=changed").content.decode()
    assert client.get(f"{address}columns/").status_code == client.get(f"{address}bad-rows/").status_code == 200
    hide("contact")
    page = client.get(f"{address}?rows=changed").content.decode()
    assert "03-" not in page
    assert "行は表示されず" in page
    assert 'name="do"' not in page
    assert client.get(f"{address}columns/").status_code == client.get(f"{address}bad-rows/").status_code == 403
    client.post(f"{address}step/", {"do": "import"})
    assert ImportRun.objects.get().state == State.REHEARSED
    assert client_of(aoi).get(f"{address}bad-rows/").status_code == 200


def test_ones_own_rows_and_bad_rows_are_shown_when_they_hold_nothing_hidden(client_of, emi, rehearsed, hide, known):
    hide("contact", "judgement")
    run = rehearsed("customers", PEOPLE + "K-2,,03-9,x,,,\n")
    address = f"/desk/imports/{run.pk}/"
    client = client_of(emi)
    page = client.get(f"{address}?rows=changed").content.decode()
    assert "小売" in page
    assert "03-" not in page
    assert client.get(f"{address}bad-rows/").status_code == 200
    other = client_of(make_member("rin", "success_manager"))
    assert "小売" in other.get(f"{address}?rows=changed").content.decode()
    assert other.get(f"{address}bad-rows/").status_code == 403  # the file holds a column of telephones


def test_prices_that_were_are_not_told_by_the_comparison(client_of, aoi, emi, imported, rehearsed, hide, known):
    imported("contracts", CONTRACTS, member=aoi)
    run = rehearsed("contracts", CONTRACTS.replace("7654321", "8"), member=aoi)
    client, address = client_of(emi), f"/desk/imports/{run.pk}/?rows=changed"
    assert "7,654,321" in client.get(address).content.decode()
    hide("amount")
    assert "7,654,321" not in client.get(address).content.decode()


def test_a_run_whose_beginner_sees_less_by_now_ends_and_says_why(chosen, hide, known, client_of, aoi):
    run = chosen("contracts", CONTRACTS)
    begun = actions.begin_phase(
        viewer=running.viewer_of(run), run=run, state=State.RUNNING, now=timezone.now(), in_worker=False
    )
    hide("amount")
    running.carry_out(ImportRun.objects.get(pk=begun.pk))
    run.refresh_from_db()
    assert (run.state, run.problem["code"]) == (State.FAILED, "not_seen")
    assert not Contract.objects.exists()
    page = client_of(aoi).get(f"/desk/imports/{run.pk}/").content.decode()
    assert "書き込む項目が表示されなくなりました" in page
    assert "読み込めません" not in page


def test_an_undo_waits_until_whoever_began_sees_the_fields_again(imported, undone, hide, known, emi, viewer_of):
    run = imported("customers", PEOPLE)
    assert Account.objects.get(pk=known.pk).phone == "03-4271-9988"
    hide("contact")
    with pytest.raises(Refused):
        actions.begin_phase(viewer=viewer_of(emi), run=run, state=State.UNDOING, now=timezone.now(), in_worker=False)
    hide()
    begun = actions.begin_phase(
        viewer=viewer_of(emi), run=run, state=State.UNDOING, now=timezone.now(), in_worker=False
    )
    hide("contact")
    running.undo(begun)
    run.refresh_from_db()
    assert run.problem["code"] == "not_seen"
    hide()
    undone(run)
    assert Account.objects.get(pk=known.pk).phone == "03-0000-1111"


def test_nothing_changes_for_whom_nothing_is_hidden(emi, chosen, viewer_of):
    run = chosen("contracts", CONTRACTS)
    viewer = viewer_of(emi)
    assert sight.sees_rows(viewer, run)
    assert sight.sees_file(viewer, run)
    assert sight.may_bring(viewer, "purchases")
