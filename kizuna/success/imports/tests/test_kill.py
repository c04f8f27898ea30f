"""An import whose process is killed with -9 goes on when the same command is given again: every row once, and undo whole."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Account, Contact, Employment
from kizuna.success.imports import actions, running
from kizuna.success.imports.mending import bad_rows_of
from kizuna.success.imports.models import ImportedRow, ImportRun
from kizuna.success.usage.models import UsageDayCount, UsageDayTotal
from tests.dying import in_a_child

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[4]
PATIENCE_SECONDS = 180
ROWS = 4_000
BAD = 40
WATCHED = ("imports/running.py", "imports/actions.py", "imports/mending.py", "kinds/usage.py", "usage/actions/lines.py")
OFTEN = {"read", "_claim", "batches", "plain", "key_of", "keys", "<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>"}


def table_of_customers() -> str:
    """Return customers, each with a person; every hundredth row is bad."""
    rows = [
        f"K-{number},{'' if number % 100 == 99 else f'顧客{number}号'},人{number},p{number}@c{number}.example"
        for number in range(ROWS)
    ]
    return "\n".join(["顧客コード,会社名,氏名,メールアドレス", *rows]) + "\n"


def table_of_usage(rows: int) -> str:
    """Return one count a day; every hundredth row is bad."""
    days = (date(2020, 1, 1) + timedelta(days=number) for number in range(rows))
    said = [f"{'K-1' if number % 100 != 99 else 'K-0'},印刷,{day},{number + 1}" for number, day in enumerate(days)]
    return "\n".join(["顧客コード,機能,利用日,回数", *said]) + "\n"


def command(*arguments: str) -> subprocess.Popen:
    environment = {name: value for name, value in os.environ.items() if name != "KIZUNA_PROCESS"}
    return subprocess.Popen(
        [sys.executable, "-m", "kizuna", "import", "--community", "sakura", *arguments],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def position() -> int:
    return ImportRun.objects.values_list("position", flat=True).first() or 0


def kill_once_it_moves(process: subprocess.Popen, *, after: int) -> int:
    """Kill a process with -9 as soon as it has committed rows beyond `after`; return how far it came."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while position() <= after:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "the import does not move"
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    return position()


def test_a_killed_command_goes_on_where_it_was_and_its_import_is_undone_whole(lent_communities, sakura, emi, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(table_of_customers(), encoding="utf-8")
    reached = 0
    for _again in range(3):
        reached = kill_once_it_moves(command("customers", str(path)), after=reached)
        assert 0 < reached < ROWS
        assert Account.objects.count() == reached - reached // 100
    said, _nothing = (last := command("customers", str(path))).communicate()
    assert last.returncode == 3, said
    assert f"Going on with import {ImportRun.objects.get().pk} at row {reached}" in said
    assert_every_customer_is_there_once()
    said, _nothing = (last := command("customers", "--undo", str(ImportRun.objects.get().pk))).communicate()
    assert last.returncode == 0, said
    assert not any(model.objects.exists() for model in (Account, Contact, Employment, ImportedRow))


def assert_every_customer_is_there_once() -> None:
    run = ImportRun.objects.get()
    assert (run.state, run.counts) == ("done", {"new": ROWS - BAD, "bad": BAD})
    assert Account.objects.count() == Contact.objects.count() == Employment.objects.count() == ROWS - BAD
    assert set(Account.objects.values_list("import_id", flat=True)) == {run.pk}
    lines = list(run.rows.order_by("line").values_list("line", flat=True))
    assert lines == [number + 2 for number in range(ROWS) if number % 100 != 99]
    bad = list(csv.reader(bad_rows_of(run.pk).read_text(encoding="utf-8-sig").splitlines()))
    assert [cells[2] for cells in bad[1:]] == [f"K-{number}" for number in range(99, ROWS, 100)]


def carried_out_in_a_child(work, die_at: int) -> tuple[int, int]:
    """Work on the latest run in another process; return the signal that ended it and how many points it passed."""

    def on_latest() -> None:
        work(ImportRun.objects.select_related("started_by").latest("pk"))

    return in_a_child(on_latest, die_at, watched=WATCHED, often=OFTEN)


def begin(state: str, emi) -> None:
    run = ImportRun.objects.latest("pk")
    actions.begin_phase(viewer=viewer_of(emi), run=run, state=state, now=timezone.now(), in_worker=False)


def assert_every_count_is_there_once(rows: int) -> None:
    said = [number + 1 for number in range(rows) if number % 100 != 99]
    assert list(UsageDayCount.objects.order_by("day").values_list("count", flat=True)) == said
    assert sum(UsageDayTotal.objects.values_list("count", flat=True)) == sum(said)
    run = ImportRun.objects.latest("pk")
    assert (run.state, run.counts) == ("done", {"new": len(said), "bad": rows - len(said)})
    assert len(bad_rows_of(run.pk).read_text(encoding="utf-8-sig").splitlines()) == 1 + rows - len(said)


@pytest.mark.parametrize("seed", range(3))
def test_an_import_and_its_undo_may_be_killed_anywhere(chosen, emi, seed):
    draw, rows = random.Random(seed), 1_500
    customers.create_account(viewer=viewer_of(emi), fields={"name": "青波堂", "external_id": "K-1"}, now=timezone.now())
    passed = imported_and_undone(chosen, emi, rows, points=([], []))
    # Each kill costs less than a quarter of the way, so there is something left to be killed three times.
    imported_and_undone(chosen, emi, rows, points=[[draw.randint(1, of // 4) for _kill in range(3)] for of in passed])


def imported_and_undone(chosen, emi, rows: int, *, points) -> tuple[int, int]:
    """Import and undo a table, killed at the points of each; return how many points each passes when it is not killed."""
    chosen("usage", table_of_usage(rows))
    begin("running", emi)
    importing = killed_until_the_end(running.carry_out, points[0])
    assert_every_count_is_there_once(rows)
    begin("undoing", emi)
    undoing = killed_until_the_end(running.undo, points[1])
    assert ImportRun.objects.latest("pk").state == "undone"
    assert not UsageDayCount.objects.exists()
    assert not UsageDayTotal.objects.exists()
    return importing, undoing


def killed_until_the_end(work, points: list[int]) -> int:
    """Begin again after each kill, then let it come to its end; return how many points that last time passed."""
    for die_at in points:
        assert carried_out_in_a_child(work, die_at)[0] == signal.SIGKILL
    ended_by, passed = carried_out_in_a_child(work, 0)
    assert ended_by == 0
    return passed
