"""Rows and columns of a run as the pages show them."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuna.success.imports import actions, queries, storing, wording
from kizuna.success.imports.models import ImportRun, ImportSample
from kizuna.success.imports.records import BAD, CHANGED, NEW, OUTCOMES, UNCHANGED

State, Phase = ImportRun.State, ImportSample.Phase
SUMMED = (NEW, CHANGED, UNCHANGED, BAD)
STEPS = 4
EMPTY_FIXED, MOST_FIXED = 2, 12


def steps(run: ImportRun | None) -> list[dict[str, Any]]:
    """Return the four steps, and where a run stands."""
    place = {State.EXAMINING: 0, State.MAPPING: 1, State.REHEARSING: 2, State.REHEARSED: 2}
    now = 0 if run is None else place.get(State(run.state), 3)
    is_over = run is not None and run.state in (State.DONE, State.UNDONE, State.UNDOING)
    words = [_("File"), _("Match the columns"), _("Check what changes"), pgettext("step", "Import")]
    return [
        {"number": number, "label": word, "is_done": number <= now or is_over, "is_current": number == now + 1 and not is_over}
        for number, word in enumerate(words, start=1)
    ]  # fmt: skip


def head(run: ImportRun, *, may_work: bool) -> dict[str, Any]:
    """Return what every page of a run shows."""
    return {
        "run": run,
        "steps": steps(run),
        "kind": actions.kind_of(run),
        "state": wording.STATES[State(run.state)],
        "tone": wording.TONES.get(State(run.state), ""),
        "size": size_text(run.byte_count),
        "rows": f"{run.row_count:,}",
        "done": f"{run.position:,}",
        "may_work": may_work,
        "problem": wording.sentence(run.problem["code"]) if run.problem else "",
        "has_file": storing.table_of(run.pk).exists(),
    }


def tally(counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return how many rows of each outcome there are."""
    return [
        {"name": name, "label": wording.OUTCOMES[name], "count": counts.get(name, 0), "shown": f"{counts.get(name, 0):,}"}
        for name in OUTCOMES
    ]  # fmt: skip


def tabs(run: ImportRun, counts: dict[str, int], *, current: str) -> list[dict[str, Any]]:
    """Return a tab for each outcome that occurs."""
    address = reverse("imports:run", args=[run.pk])
    return [
        {
            "label": wording.OUTCOMES[name],
            "url": f"{address}?{urlencode({'rows': name})}",
            "is_current": name == current,
            "count": counts.get(name, 0),
        }
        for name in OUTCOMES
        if counts.get(name)
    ]


def chosen_outcome(asked: str, counts: dict[str, int]) -> str:
    """Return the outcome whose rows are shown."""
    if asked in OUTCOMES:
        return asked
    return next((name for name in (BAD, CHANGED, NEW, UNCHANGED) if counts.get(name)), NEW)


def rows(run: ImportRun, *, phase: str, outcome: str, after: int) -> tuple[list[dict[str, Any]], str]:
    """Return a page of rows, and the address of the next one."""
    samples = queries.samples_of(run, phase=phase, outcome=outcome, after=after, limit=queries.PAGE + 1)
    words = wording.FieldWords(actions.kind_of(run))
    shown = [_row(sample, words) for sample in samples[: queries.PAGE]]
    if len(samples) <= queries.PAGE:
        return shown, ""
    return shown, f"?{urlencode({'rows': outcome, 'after': samples[queries.PAGE - 1].line})}"


def kept(run: ImportRun) -> list[dict[str, Any]]:
    """Return what an undo left as it is, with the reason."""
    samples = queries.samples_of(run, phase=Phase.UNDO, outcome="kept")
    return [_kept(item.line, *change) for item in samples for change in item.changes]


def columns(run: ImportRun) -> list[dict[str, Any]]:
    """Return the columns of the file with the choice of each."""
    named = {place: name for name, place in run.mapping.items()}
    return [
        {
            "place": place,
            "header": column["header"] or _("(no name)"),
            "first": column["first"],
            "filled": f"{column['filled']:,}",
            "field": named.get(place, ""),
            "order": run.orders.get(str(place)) or column["order"],
            "is_unclear": column["is_unclear"],
        }
        for place, column in enumerate(run.columns)
    ]


def fixed(run: ImportRun) -> list[dict[str, Any]]:
    """Return what stands for every row, with places for more."""
    pairs = [*sorted(run.fixed.items()), *([("", "")] * EMPTY_FIXED)][:MOST_FIXED]
    return [{"place": place, "field": name, "text": text} for place, (name, text) in enumerate(pairs)]


def size_text(count: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _kept(line: int, thing: str, pk: int, code: str) -> dict[str, Any]:
    return {
        "line": f"{line:,}",
        "thing": wording.THINGS.get(thing, thing),
        "url": _address(thing, pk),
        "pk": pk,
        "reason": wording.kept_reason(code),
    }


def _row(sample: ImportSample, words: wording.FieldWords) -> dict[str, Any]:
    return {
        "line": f"{sample.line:,}",
        "title": sample.title,
        "changes": [
            {
                "thing": wording.THINGS.get(thing, thing),
                "field": words.label(thing, name),
                "is_new": before is None,
                "before": words.value(name, before),
                "after": words.value(name, after),
            }
            for thing, name, before, after in sample.changes
        ],
        "problems": [
            {"column": column, "value": value, "text": wording.sentence(code, at=at)}
            for column, value, code, at in sample.problems
        ],
        "notes": [{"reason": wording.reason_of(reason), "percent": percent} for reason, percent in sample.notes],
    }


def _address(thing: str, pk: int) -> str:
    names = {"account": "customers:customer", "contact": "customers:contact", "contract": "customers:contract"}
    return reverse(names[thing], args=[pk]) if thing in names else ""
