"""The Desk's way through an import: file, columns, what changes, import, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Account, Contract
from kizuna.success.imports.models import ImportRun
from tests.cast import make_member

pytestmark = pytest.mark.django_db
TABLE = "顧客コード,会社名,業種,メモ欄\nK-1,青波堂,小売,𠮷\nK-2,,酒販,x\n"


@pytest.fixture
def desk(client_of, emi):
    return client_of(emi)


def upload(client, content: bytes, kind: str = "customers"):
    file = SimpleUploadedFile("顧客.csv", content)
    return client.post("/desk/imports/", {"kind": kind, "file": file})


def test_a_table_goes_all_the_way_on_the_desk(desk):
    response = upload(desk, TABLE.encode("utf-8"))
    run = ImportRun.objects.get()
    address = f"/desk/imports/{run.pk}/"
    assert response.url == address
    assert 'http-equiv="refresh"' in desk.get(address).content.decode()
    run_waiting()
    page = desk.get(address, follow=True).content.decode()
    assert "顧客コード" in page
    assert '<option value="external_id" selected>' in page
    chosen = {"column-0": "external_id", "column-1": "name", "column-2": "industry", "column-3": ""}
    assert desk.post(f"{address}columns/", chosen).url == address
    run_waiting()
    page = desk.get(address).content.decode()
    assert "<b>青波堂</b>" not in page  # bad rows are shown first
    assert "K-2" in page
    assert "<b>青波堂</b>" in desk.get(f"{address}?rows=new").content.decode()
    assert not Account.objects.exists()
    desk.post(f"{address}step/", {"do": "import"})
    run_waiting()
    assert Account.objects.get().industry == "小売"
    page = desk.get(address).content.decode()
    assert "http-equiv" not in page
    desk.post(f"{address}step/", {"do": "undo"})
    run_waiting()
    assert not Account.objects.exists()
    assert ImportRun.objects.get().state == "undone"
    assert "顧客.csv" in desk.get("/desk/imports/").content.decode()


def test_bad_rows_come_in_three_formats_and_lost_letters_are_named(desk):
    upload(desk, '顧客コード,会社名,業種\nK-2,,𠮷屋\nK-3,,"=1+1"\n'.encode())
    run_waiting()
    run = ImportRun.objects.get()
    desk.post(
        f"/desk/imports/{run.pk}/columns/", {"column-0": "external_id", "column-1": "name", "column-2": "industry"}
    )
    run_waiting()
    address = f"/desk/imports/{run.pk}/bad-rows/"
    text = desk.get(address).getvalue().decode("utf-8-sig")
    assert "𠮷屋" in text
    assert "'=1+1" in text
    asked = desk.get(f"{address}?as=cp932").content.decode()
    assert "𠮷" in asked
    assert "sure=1" in asked
    assert "〓屋" in desk.get(f"{address}?as=cp932&sure=1").getvalue().decode("cp932")
    assert desk.get(f"{address}?as=xlsx").getvalue().startswith(b"PK")
    assert desk.get(f"{address}?as=pdf").status_code == 404


def test_a_file_that_cannot_be_read_says_why_and_where(desk):
    upload(desk, b"\x00\x01\x02")
    run_waiting()
    run = ImportRun.objects.get()
    assert run.state == "failed"
    assert 'role="alert"' in desk.get(f"/desk/imports/{run.pk}/").content.decode()


def test_another_encoding_may_be_asked_for(desk):
    upload(desk, "顧客コード,会社名\nK-1,㈱青波堂\n".encode("cp932"))
    run_waiting()
    run = ImportRun.objects.get()
    assert run.encoding == "cp932"
    desk.post(f"/desk/imports/{run.pk}/step/", {"do": "read", "encoding": "utf-8-sig"})
    run_waiting()
    run.refresh_from_db()
    assert (run.state, run.problem["code"]) == ("failed", "encoding")


def test_days_that_cannot_be_told_apart_are_asked_for(desk, aoi, client_of):
    owner = client_of(aoi)
    owner.post(
        "/desk/customers/fields/",
        {"slug": "since", "label_ja": "利用開始", "label_en": "", "kind": "date", "choices": ""},
    )
    upload(desk, "顧客コード,会社名,利用開始\nK-1,青波堂,04/05/2024\n".encode())
    run_waiting()
    run = ImportRun.objects.get()
    address = f"/desk/imports/{run.pk}/"
    assert 'name="order-2"' in desk.get(f"{address}columns/").content.decode()
    chosen = {"column-0": "external_id", "column-1": "name", "column-2": "attribute:since"}
    desk.post(f"{address}columns/", chosen)
    run_waiting()
    run.refresh_from_db()
    assert run.rehearsal == {"bad": 1}
    desk.post(f"{address}columns/", {**chosen, "order-2": "dmy"})
    run_waiting()
    assert "2024-05-04" in desk.get(f"{address}?rows=new").content.decode()


def test_analysts_read_and_members_find_nothing(desk, client_of, chie):
    upload(desk, TABLE.encode())
    run = ImportRun.objects.get()
    analyst = client_of(make_member("ana", "analyst"))
    page = analyst.get("/desk/imports/")
    assert page.status_code == 200
    assert 'type="file"' not in page.content.decode()
    assert upload(analyst, TABLE.encode()).status_code == 403
    assert client_of(chie).get(f"/desk/imports/{run.pk}/").status_code == 404
    assert client_of().get("/desk/imports/").status_code == 302


def test_what_every_row_says_is_chosen_once_and_remembered_for_the_same_columns(desk, emi, now):
    account = {"name": "青波堂", "external_id": "K-1"}
    customers.create_account(viewer=viewer_of(emi), fields=account, now=now)
    table = "顧客コード,契約番号,契約開始日,商品,単価\nK-1,C-{n},2025/4/1,みせばこ,12.50\n"
    upload(desk, table.format(n=1).encode(), kind="contracts")
    run_waiting()
    run = ImportRun.objects.get()
    names = ("account_external_id", "external_id", "starts_on", "product", "unit_price")
    chosen = {f"column-{place}": name for place, name in enumerate(names)}
    address = f"/desk/imports/{run.pk}/"
    wrong = {**chosen, "fixed-0": "seats", "fixed-text-0": "たくさん"}
    assert desk.post(f"{address}columns/", wrong).status_code == 422
    assert desk.post(f"{address}columns/", {**chosen, "fixed-0": "product", "fixed-text-0": "x"}).status_code == 422
    said = {**chosen, "fixed-0": "currency", "fixed-text-0": " USD ", "fixed-1": "tax_percent", "fixed-text-1": "0"}
    assert desk.post(f"{address}columns/", said).status_code == 302
    run_waiting()
    assert "$12.50" in desk.get(f"{address}?rows=new").content.decode()
    desk.post(f"{address}step/", {"do": "import"})
    run_waiting()
    contract = Contract.objects.get()
    assert (contract.currency, contract.lines.get().unit_price, contract.lines.get().tax_percent) == ("USD", 1_250, 0)
    upload(desk, table.format(n=2).encode(), kind="contracts")
    run_waiting()
    again = ImportRun.objects.latest("pk")
    assert again.fixed == {"currency": "USD", "tax_percent": "0"}
    page = desk.get(f"/desk/imports/{again.pk}/columns/").content.decode()
    assert 'name="fixed-text-0" value="USD"' in page


def test_other_columns_begin_with_nothing_in_every_row(desk):
    upload(desk, TABLE.encode())
    run_waiting()
    run = ImportRun.objects.get()
    chosen = {"column-0": "external_id", "column-1": "name", "fixed-0": "region", "fixed-text-0": "東京都"}
    desk.post(f"/desk/imports/{run.pk}/columns/", chosen)
    run_waiting()
    assert "東京都" in desk.get(f"/desk/imports/{run.pk}/?rows=new").content.decode()
    upload(desk, b"id,company\nK-9,x\n")
    run_waiting()
    assert ImportRun.objects.latest("pk").fixed == {}
