"""Two imports at the same time: what both bring is there once, whoever was first; one run is carried out by one process."""

import os
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Account, Contact
from kizuna.success.imports import actions, running
from kizuna.success.imports.models import ImportedRow, ImportRun
from kizuna.success.usage.models import UsageDayCount, UsageDayTotal

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 600


def customers_of(names: str) -> str:
    rows = [f"K-{number},{names}{number}号,{names}{number},p{number}@c{number}.example" for number in range(ROWS)]
    return "\n".join(["顧客コード,会社名,氏名,メールアドレス", *rows]) + "\n"


def usage() -> str:
    days = (date(2020, 1, 1) + timedelta(days=number) for number in range(ROWS))
    return "\n".join(["顧客コード,機能,利用日,回数", *(f"K-1,印刷,{day},1" for day in days)]) + "\n"


def begin(run: ImportRun, state: str, emi) -> ImportRun:
    return actions.begin_phase(viewer=viewer_of(emi), run=run, state=state, now=timezone.now(), in_worker=False)


def at_once(*runs: ImportRun) -> list[int]:
    """Carry runs out in processes of their own; return how each ended."""
    connection.close()
    children = []
    for run in runs:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                running.carry_out(ImportRun.objects.select_related("started_by").get(pk=run.pk))
                code = 0
            except actions.Overtaken:
                code = 7
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def taken(run: ImportRun) -> dict[str, int]:
    return ImportRun.objects.get(pk=run.pk).counts


def test_two_tables_with_the_same_customers(chosen, emi):
    runs = [begin(chosen("customers", customers_of(names)), "running", emi) for names in ("あ", "い")]
    assert at_once(*runs) == [0, 0]
    assert Account.objects.count() == Contact.objects.count() == ROWS
    assert sum(taken(run).get("new", 0) for run in runs) == ROWS
    assert all(sum(taken(run).values()) == ROWS for run in runs)


def test_two_tables_with_the_same_use(chosen, emi):
    customers.create_account(viewer=viewer_of(emi), fields={"name": "青波堂", "external_id": "K-1"}, now=timezone.now())
    runs = [begin(chosen("usage", usage()), "running", emi) for _again in range(2)]
    assert at_once(*runs) == [0, 0]
    assert UsageDayCount.objects.count() == sum(UsageDayTotal.objects.values_list("count", flat=True)) == ROWS
    assert sum(taken(run).get("new", 0) for run in runs) == ROWS
    assert sum(taken(run).get("unchanged", 0) for run in runs) == ROWS


def test_two_processes_with_one_run(chosen, emi):
    run = begin(chosen("customers", customers_of("あ")), "running", emi)
    assert sorted(at_once(run, run)) in ([0, 7], [0, 0])
    assert taken(run) == {"new": ROWS}
    assert Account.objects.count() == ROWS
    assert ImportedRow.objects.count() == ROWS


def test_what_runs_is_not_undone_before_it_is_stopped(chosen, emi):
    run = begin(chosen("customers", customers_of("あ")), "running", emi)
    heard = []

    def interrupt(done: int, of: int) -> None:
        heard.append(done)
        if len(heard) == 1:
            with pytest.raises(Refused):
                begin(run, "undoing", emi)
            actions.stop(viewer=viewer_of(emi), run=run)

    running.carry_out(ImportRun.objects.get(pk=run.pk), say=interrupt)
    stopped = ImportRun.objects.get(pk=run.pk)
    assert (stopped.state, stopped.position) == ("stopped", heard[0])
    assert Account.objects.count() == heard[0]
    begin(stopped, "undoing", emi)
    running.undo(ImportRun.objects.get(pk=run.pk))
    assert not Account.objects.exists()
    assert ImportRun.objects.get(pk=run.pk).state == "undone"
