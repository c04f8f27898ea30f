"""`kizuna import customers FILE`: shown, imported, gone on with, taken back; ends with a code that says how."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from kizuna.interfaces.cli.main import main
from kizuna.success.customers.models import Account
from kizuna.success.imports.models import ImportedRow, ImportRun

pytestmark = pytest.mark.django_db
TABLE = "顧客コード,会社名,のこり\nK-1,青波堂,小売\nK-2,高橋酒店,酒販\n"


@pytest.fixture
def run(aoi, monkeypatch):
    """Return a function that runs the command in the community of the tests."""
    monkeypatch.setattr("kizuna.interfaces.cli.main._community", lambda command, options: nullcontext())
    return lambda *arguments: main(["import", "customers", *map(str, arguments)])


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "顧客.csv"
    path.write_text(TABLE, encoding="cp932")
    return path


def test_a_dry_run_writes_nothing_and_shows_the_rows(run, table, capsys):
    assert run(table, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "this was a rehearsal" in said
    assert "Left out: のこり" in said
    assert "青波堂" in said
    assert not Account.objects.exists()


def test_a_column_is_named_by_hand_and_the_import_taken_back(run, table, capsys):
    assert run(table, "--map", "のこり=industry") == 0
    assert set(Account.objects.values_list("industry", flat=True)) == {"小売", "酒販"}
    assert run("--undo", ImportRun.objects.get().pk) == 0
    assert not Account.objects.exists()
    assert "undone" in capsys.readouterr().out


def test_bad_rows_end_the_command_with_three(run, table, capsys):
    table.write_text(TABLE + "K-3,,\n", encoding="utf-8")
    assert run(table) == 3
    assert "Rows to mend" in capsys.readouterr().out
    assert Account.objects.count() == 2


@pytest.mark.parametrize(
    "arguments", [["--map", "ない列=industry"], ["--undo", "999"], ["--encoding", "klingon"], ["--date-order", "x=y"]]
)
def test_what_cannot_be_done_is_said_and_ends_with_two(run, table, capsys, arguments):
    assert run(*([table] if "--undo" not in arguments else []), *arguments) == 2
    assert "kizuna:" in capsys.readouterr().err
    assert not Account.objects.exists()


def test_an_import_that_was_cut_short_is_gone_on_with(run, table, capsys):
    assert run(table) == 0
    ImportRun.objects.update(state="running", position=1, counts={"new": 1})
    ImportedRow.objects.filter(line=3).delete()
    Account.objects.filter(external_id="K-2").update(external_id="")
    assert run(table) == 0
    assert "Going on with import" in capsys.readouterr().out
    assert ImportRun.objects.count() == 1


def test_every_row_may_say_the_same(run, table, capsys):
    assert run(table, "--map", "region=:東京都") == 0
    assert set(Account.objects.values_list("region", flat=True)) == {"東京都"}
    assert "In every row: region = 東京都" in capsys.readouterr().out
    assert run(table, "--map", "employee_count=:たくさん") == 2
    assert "employees" in capsys.readouterr().err


def test_the_file_of_rows_to_mend_is_worded_and_can_be_brought_again(run, table, capsys):
    table.write_text(TABLE + "K-3,,\n", encoding="utf-8")
    assert run(table) == 3
    path = Path(capsys.readouterr().out.split("Rows to mend and import again: ")[1].splitlines()[0])
    text = path.read_text(encoding="utf-8-sig")
    assert "入力してください。" in text  # in the community's language
    path.write_text(text.replace("K-3,,", "K-3,朝日屋,"), encoding="utf-8-sig")
    assert run(path) == 0
    assert Account.objects.filter(name="朝日屋").count() == 1
