"""Tables of use by day: counted once, replaced when they say otherwise, taken back whole; events stay what they were."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import Person
from kizuna.base.registry.personal import described
from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.imports import queries
from kizuna.success.imports.forgetting import changes_of
from kizuna.success.imports.forgetting import forget_person as forget_imports
from kizuna.success.imports.mending import bad_rows_of
from kizuna.success.imports.models import ImportedRow, ImportRun
from kizuna.success.usage import accounts, actions, facts, folding, jobs
from kizuna.success.usage.forgetting import forget_person as forget_usage
from kizuna.success.usage.models import AccountUsage, UsageChange, UsageDayCount, UsageDayTotal, UsageName
from kizuna.success.usage.queries import person_hash, today
from kizuna.success.usage.tests.conftest import RECEIVED, bring, event, fold, key, lake  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TABLE = """顧客コード,会社名,メールアドレス,機能,利用日,回数,利用者数
K-1,,miura@aonami.co.jp,受注を確認,2026/10/1,5,
K-1,,,受注を確認,令和8年10月1日,12,4
,高橋酒店,,,2026-10-02,3,
"""


@pytest.fixture
def firms(emi, now):
    rows = [{"name": "青波堂", "external_id": "K-1"}, {"name": "高橋酒店", "external_id": "K-2"}, {"name": "番号なし"}]
    return customers.create_accounts(viewer=viewer_of(emi), rows=rows, now=now)


def counts() -> set[tuple]:
    columns = ("group__external_id", "person__external_id", "name__name", "day", "count", "people_count")
    return set(UsageDayCount.objects.exclude(source="").values_list(*columns))


def totals() -> set[tuple]:
    return set(UsageDayTotal.objects.values_list("name__kind", "name__name", "day", "count"))


def shown_of(run) -> str:
    """Return everything that is shown of a run's rows."""
    columns = ("title", "changes", "problems", "notes")
    return json.dumps(list(run.samples.values_list(*columns)), ensure_ascii=False)


def problems(run) -> list[str]:
    return [item.problems[0][2] for item in queries.samples_of(run, phase="run", outcome="bad")]


SAID = {
    ("K-1", "miura@aonami.co.jp", "受注を確認", date(2026, 10, 1), 5, None),
    ("K-1", "", "受注を確認", date(2026, 10, 1), 12, 4),
    ("K-2", "", "", date(2026, 10, 2), 3, None),
}


def test_a_dry_run_shows_what_would_be_counted_and_counts_nothing(rehearsed, firms):
    run = rehearsed("usage", TABLE)
    assert run.rehearsal == {"new": 3}
    assert not UsageDayCount.objects.exists()
    first = queries.samples_of(run, phase="rehearsal", outcome="new")[0]
    assert ["usage", "count", None, 5] in first.changes
    assert ["usage", "contact_email", None, "miura@aonami.co.jp"] in first.changes


def test_counts_come_in_once_and_a_changed_one_replaces(imported, rehearsed, firms):
    run = imported("usage", TABLE)
    assert run.counts == {"new": 3}
    assert counts() == SAID
    assert totals() == {("table", "受注を確認", date(2026, 10, 1), 17), ("table", "", date(2026, 10, 2), 3)}
    again = imported("usage", TABLE)
    assert again.counts == {"unchanged": 3}
    assert not ImportedRow.objects.filter(run=again).exists()
    changed = TABLE.replace(",5,", ",2,")
    shown = queries.samples_of(rehearsed("usage", changed), phase="rehearsal", outcome="changed")
    assert [item.changes for item in shown] == [[["usage", "count", 5, 2]]]
    assert imported("usage", changed).counts == {"changed": 1, "unchanged": 2}
    assert ("table", "受注を確認", date(2026, 10, 1), 14) in totals()


def test_undo_takes_back_exactly_what_was_said(imported, undone, firms):
    first = imported("usage", TABLE)
    before = counts(), totals()
    second = imported("usage", TABLE.replace(",5,", ",0,").replace("12,4", "13,6") + "K-1,,,印刷,2026/10/3,1,\n")
    assert second.counts == {"changed": 2, "new": 1, "unchanged": 1}
    run = undone(second)
    assert run.undo_counts == {"back": 3, "kept": 0}
    assert (counts(), totals()) == before
    undone(first)
    assert not UsageDayCount.objects.exists()
    assert not UsageDayTotal.objects.exists()


def test_undo_leaves_what_a_later_table_says(imported, undone, firms):
    first = imported("usage", TABLE)
    imported("usage", TABLE.replace(",5,", ",6,"))
    run = undone(first)
    assert run.undo_counts == {"back": 2, "kept": 1}
    assert {row[4] for row in counts()} == {6}
    assert queries.samples_of(run, phase="undo", outcome="kept")[0].changes[0][2] == "changed_since"


def test_a_rebuild_keeps_what_tables_said_and_events_are_counted_beside(imported, undone, firms, lake, key):  # noqa: F811
    bring(event(1, event="受注を確認", timestamp="2026-10-01T01:00:00Z", context={"groupId": "K-1"}), key=key.pk)
    fold()
    of_events = totals()
    run = imported("usage", TABLE)
    before = counts(), totals()
    assert ("track", "受注を確認", date(2026, 10, 1), 1) in before[1]
    folding.rebuild(report=lambda line: None, clock=lambda: RECEIVED)
    assert (counts(), totals()) == before
    undone(run)
    assert totals() == of_events
    assert UsageDayCount.objects.get().count == 1


def test_events_and_tables_of_one_name_are_one_fact(imported, firms, lake, key, now):  # noqa: F811
    bring(event(1, event="受注を確認", timestamp="2026-10-01T01:00:00Z", context={"groupId": "K-1"}), key=key.pk)
    fold()
    imported("usage", TABLE)
    found = {fact.name: fact for fact in facts.FACTS.facts()}
    name = UsageName.objects.get(kind="track", name="受注を確認")
    assert f"usage.name_{UsageName.objects.get(kind='table', name='受注を確認').pk}" not in found
    rows = found[f"usage.name_{name.pk}"].source.rows()
    assert sum(rows.values_list("count", flat=True)) == 18
    assert sum(found["usage.events"].source.rows().values_list("count", flat=True)) == 21


def test_the_page_of_the_customer_follows_and_history_counts_from_its_first_day(
    imported, undone, firms, client_of, emi
):
    last, old = today() - 3 * DAY, today() - 200 * DAY
    recent = f"顧客コード,機能,利用日,回数,利用者数\nK-1,印刷,{last},7,4\nK-1,検索,{last},2,3\n"
    imported("usage", recent)
    jobs.look_at_accounts()
    usage = AccountUsage.objects.get()
    assert (usage.active_7_count, usage.active_28_count, usage.first_on) == (4, 4, last)
    assert usage.names == [["table", "印刷", 7], ["table", "検索", 2]]
    assert usage.days[-3] == 4
    page = client_of(emi).get(f"/desk/customers/{firms[0].pk}/").content.decode()
    assert "印刷" in page
    run = imported("usage", f"顧客コード,機能,利用日,回数\nK-1,印刷,{old},7\n")
    assert AccountUsage.objects.get().is_stale
    jobs.look_at_accounts()
    assert AccountUsage.objects.get().first_on == old
    undone(run)
    jobs.look_at_accounts()
    assert AccountUsage.objects.get().first_on == last


def test_an_account_whose_use_was_all_taken_back_has_none(imported, undone, firms):
    run = imported("usage", TABLE)
    jobs.look_at_accounts()
    assert AccountUsage.objects.count() == 2
    undone(run)
    jobs.look_at_accounts()
    assert not AccountUsage.objects.exists()


def test_two_weeks_without_any_line_are_noted_on_the_timeline(imported, firms):
    days = [today() - number * DAY for number in (40, 39, 38)]
    imported("usage", "顧客コード,利用日,回数\n" + "".join(f"K-1,{day},3\n" for day in days))
    jobs.look_at_accounts()
    assert set(UsageChange.objects.values_list("kind", "day")) == {("quiet", days[-1])}


def test_a_contract_names_its_customer_and_tells_rows_apart(imported, firms, emi, now):
    for number in ("C-1", "C-2"):
        customers.sign_contract(
            viewer=viewer_of(emi),
            account=firms[0],
            fields={"external_id": number, "starts_on": date(2026, 1, 1)},
            lines=[{"product": "x", "unit_price": 1}],
            now=now,
        )
    table = "契約番号,機能,利用日,回数\nC-1,印刷,2026/10/1,2\nC-2,印刷,2026/10/1,3\nC-9,印刷,2026/10/1,3\n"
    run = imported("usage", table)
    assert run.counts == {"new": 2, "bad": 1}
    assert problems(run) == ["no_such_contract"]
    assert sorted(row[4] for row in counts()) == [2, 3]
    assert totals() == {("table", "印刷", date(2026, 10, 1), 5)}
    other = imported("usage", "顧客コード,契約番号,利用日,回数\nK-2,C-1,2026/10/1,2\n")
    assert problems(other) == ["other_customer"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("K-9,,,印刷,2026/10/1,1,", "no_such_customer"),
        (",番号なし,,印刷,2026/10/1,1,", "customer_without_number"),
        (",,,印刷,2026/10/1,1,", "no_customer_named"),
        ("K-1,,,印刷,2199/1/1,1,", "in_future"),
        ("K-1,,,印刷,1899/12/31,1,", "too_early"),
        ("K-1,,,印刷,2026/10/1,,", "missing"),
        ("K-1,,,印刷,2026/10/1,1.5,", "not_whole"),
        ("K-1,,,印刷,2026/10/1,9e20,", "number_too_large"),
        ("K-1,,,印刷,2026/10/1,NaN,", "not_a_number"),
    ],
)
def test_bad_rows_say_why(imported, firms, row, code):
    run = imported("usage", TABLE + row + "\n")
    assert run.counts == {"new": 3, "bad": 1}
    assert problems(run) == [code]


@pytest.mark.parametrize(
    "row", ["K-1,,,印刷,2026/10/1,-1,", "K-1,,,印刷,2026/10/1,1000000001,", "K-1,,これは宛先ではない,印刷,2026/10/1,1,",
            f"K-1,,,{'あ' * 201},2026/10/1,1,", "K-1,,,印刷,2026/10/1,1,-3"],
)  # fmt: skip
def test_what_cannot_be_is_refused(imported, firms, row):
    assert imported("usage", TABLE + row + "\n").counts == {"new": 3, "bad": 1}
    assert counts() == SAID


def test_hostile_texts_are_counted_under_themselves(imported, firms):
    table = '顧客コード,担当者ID,機能,利用日,回数\nK-1,"\'=HYPERLINK(1)","\'; DROP TABLE",2026/10/1,1\nK-1,a\0b,x,2026/10/1,1\n'
    run = imported("usage", table)
    assert run.counts == {"new": 1, "bad": 1}
    assert {row[1:3] for row in counts()} == {("=HYPERLINK(1)", "'; DROP TABLE")}
    assert "'=" not in bad_rows_of(run.pk).read_text(encoding="utf-8-sig")


def test_two_lines_about_the_same_are_not_both_taken(imported, rehearsed, firms):
    twice = TABLE + "K-1,,,受注を確認,2026/10/1,9,\n"
    assert rehearsed("usage", twice).rehearsal == {"new": 3, "bad": 1}
    run = imported("usage", twice)
    assert run.counts == {"new": 3, "bad": 1}
    assert queries.samples_of(run, phase="run", outcome="bad")[0].problems[0][2:] == ["said_twice", 3]
    otherwise = imported("usage", "顧客コード,会社名,利用日,回数\nK-1,,2026/10/5,1\n,青波堂,2026/10/5,2\n")
    assert otherwise.counts == {"new": 1, "bad": 1}


def test_a_line_named_otherwise_in_a_later_batch_does_not_replace_the_first(imported, firms):
    lines = [f"K-1,,{date(2026, 1, 1) + number * DAY},1" for number in range(250)]
    run = imported("usage", "顧客コード,会社名,利用日,回数\n" + "\n".join([*lines, ",青波堂,2026/1/1,2"]) + "\n")
    assert run.counts == {"new": 250, "bad": 1}
    assert problems(run) == ["said_otherwise"]


def test_nothing_used_is_no_row_until_something_was_said(imported, firms):
    assert imported("usage", TABLE.replace(",3,", ",0,")).counts == {"new": 2, "unchanged": 1}
    assert imported("usage", TABLE.replace(",5,", ",0,")).counts == {"changed": 1, "unchanged": 1, "new": 1}
    used = accounts.uses_of(accounts.known_of(firms[0].pk), since=date(2026, 1, 1), until=date(2027, 1, 1))
    assert [use.count for use in used] == [12]


def test_rows_shown_of_an_erased_person_say_nothing_any_more(imported, rehearsed, undone, firms, emi, now):
    contact = customers.add_contact(
        viewer=viewer_of(emi), account=firms[0], fields={"name": "三浦", "external_id": "u-1"}, now=now
    )
    table = "顧客コード,担当者ID,機能,利用日,回数\nK-1,u-1,印刷,2026/10/1,4\nK-1,u-2,印刷,2026/10/1,4\n"
    run = imported("usage", table)
    rehearsal = rehearsed("usage", table.replace("2026/10/1", "2026/10/2"))
    assert "u-1" in shown_of(rehearsal)
    person = described(Person(contact_id=contact.pk))
    assert [found["kind"] for found in changes_of(person)] == ["usage"]
    forget_imports(person=person, now=datetime.now(UTC))
    forget_usage(person=person, now=datetime.now(UTC))
    assert sorted(row[1] for row in counts()) == ["", "u-2"]
    assert "u-1" not in shown_of(rehearsal)
    assert "u-2" in shown_of(rehearsal)
    assert undone(run).undo_counts == {"back": 2, "kept": 0}


def test_an_erased_persons_lines_are_nobodys_and_do_not_come_back(imported, undone, firms):
    run = imported("usage", TABLE)
    said = set(UsageDayCount.objects.values_list("source", flat=True))
    actions.note_forgotten(person_hashes=[person_hash("miura@aonami.co.jp")], now=datetime.now(UTC))
    assert actions.forget_subjects(external_ids=["miura@aonami.co.jp"]) == 2
    assert {row[1] for row in counts()} == {""}
    assert len(said & set(UsageDayCount.objects.values_list("source", flat=True))) == 2
    again = imported("usage", TABLE)
    assert again.counts == {"bad": 1, "unchanged": 2}
    assert problems(again) == ["person_forgotten"]
    undone(run)
    assert not counts()


def test_the_desk_takes_a_table_of_use_all_the_way(firms, client_of, emi):
    desk = client_of(emi)
    assert '<option value="usage" selected>' in desk.get("/desk/imports/?kind=usage").content.decode()
    desk.post("/desk/imports/", {"kind": "usage", "file": SimpleUploadedFile("利用.csv", TABLE.encode("cp932"))})
    run_waiting()
    run = ImportRun.objects.get()
    address = f"/desk/imports/{run.pk}/"
    chosen = {f"column-{place}": name for name, place in run.mapping.items()}
    assert desk.post(f"{address}columns/", {f"column-{place}": "" for place in range(7)} | chosen).url == address
    run_waiting()
    page = desk.get(f"{address}?rows=new").content.decode()
    assert "利用人数" in page
    assert "受注を確認" in page
    assert not UsageDayCount.objects.exists()
    desk.post(f"{address}step/", {"do": "import"})
    run_waiting()
    assert counts() == SAID
    desk.post(f"{address}step/", {"do": "undo"})
    run_waiting()
    assert not UsageDayCount.objects.exists()
