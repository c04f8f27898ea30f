"""Answers to an NPS survey: one row each, by the answer's number, else by person and moment."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import ImportKind
from kizuna.core.members.policies import Refused
from kizuna.engagement.surveys import actions
from kizuna.engagement.surveys.models import Response, Survey
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Contact
from kizuna.success.imports.kinds import referring, taking_back
from kizuna.success.imports.records import ADDED, SET, Context, ImportField, Incoming, Plan, Undoing, Undone, listed

THING = "response"
USUAL = "NPS"
OWN = (
    ImportField("survey", _("Survey"), listed("アンケート|アンケート名|調査名|survey|survey name|campaign")),
    ImportField(
        "external_id",
        _("Number of the answer"),
        listed("回答ID|回答番号|回答者番号|response id|answer id|submission id|id"),
    ),
    ImportField(
        "score",
        _("Score"),
        listed("点数|スコア|評価|推奨度|NPS|NPSスコア|推奨度スコア|score|rating|nps score"),
        "whole",
        is_needed=True,
    ),
    ImportField(
        "comment",
        pgettext_lazy("survey", "Comment"),
        listed("コメント|自由記述|自由回答|理由|ご意見|comment|comments|feedback|reason"),
        "text",
    ),
    ImportField(
        "answered_at",
        pgettext_lazy("survey", "Answered"),
        listed("回答日時|回答日|日付|日時|answered at|responded at|response date|submitted at|date"),
        "moment",
        is_needed=True,
    ),
)
NAMES = ("score", "comment", "answered_at")
LINKS = ("account_id", "contact_id", "member_id", "recipient_id")


@dataclass
class Work:
    """A new answer, or what changes on a known one."""

    survey: str
    response: Response | None
    fields: dict[str, Any]


def fields() -> list[ImportField]:
    return [*OWN, *referring.FIELDS, *referring.PERSON]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the answer: it may stand in a file once."""
    yield key_of(values), ""


def key_of(values: dict[str, Any]) -> str:
    return f"r:{_survey(values)}:{number_of(values)}"


def number_of(values: dict[str, Any]) -> str:
    """Return the answer's own number, else one that the same person, moment, score and words always give."""
    if values.get("external_id"):
        return str(values["external_id"])
    moment = values["answered_at"].isoformat() if values.get("answered_at") else ""
    names = ("contact_external_id", "contact_email", "account_external_id", "account_name")
    said = [moment, *(str(values.get(name) or "") for name in names)]
    if not any(said[1:]):  # nobody is named: only the words tell one answer from another
        said += [str(values.get("score")), str(values.get("comment") or "")]
    return f"row:{hashlib.blake2b('|'.join(said).encode(), digest_size=12).hexdigest()}"


def plan(*, rows: Sequence[Incoming], context: Context) -> list[Plan]:
    """Plan a batch. Who answered is found by number or address; an answer of somebody unknown is taken too."""
    plans = [Plan(row, title=_survey(row.values), problems=list(row.problems)) for row in rows]
    fine = [item for item in plans if not item.problems]
    people = referring.find_people(fine)
    accounts = referring.find_customers(fine, context, is_needed=False)
    posts = referring.accounts_of(people.values())
    here = _known(fine)
    for item in fine:
        if taking_back.is_twice(item, key_of(item.row.values), context):
            continue
        person, account = people.get(item.row.line), accounts.get(item.row.line)
        links = _links(person, account.pk if account else posts.get(person.pk) if person else None)
        _plan_one(item, links, here.get((_survey(item.row.values), number_of(item.row.values))), context)
    for item in plans:
        item.settle()
    return plans


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Note new answers and correct known ones; they stand on the timeline of their customer."""
    done: dict[int, list[list[Any]]] = {item.row.line: [] for item in plans}
    new = [item for item in plans if item.work and item.work.response is None]
    surveys = {
        title: actions.make_survey(viewer=context.viewer, title=title, now=context.now)
        for title in sorted({item.work.survey for item in new})
    }
    rows = [{**item.work.fields, "survey_id": surveys[item.work.survey].pk} for item in new]
    made = actions.note_responses(viewer=context.viewer, rows=rows, now=context.now, import_id=context.run_id)
    for item, response in zip(new, made, strict=True):
        done[item.row.line].append([THING, response.pk, ADDED])
    known = {item.work.response.pk: item for item in plans if item.work and item.work.response and item.work.fields}
    differing = actions.change_responses(
        viewer=context.viewer,
        changes={pk: item.work.fields for pk, item in known.items()},
        now=context.now,
        import_id=context.run_id,
    )
    for pk, found in differing.items():
        done[known[pk].row.line].append([THING, pk, SET, taking_back.stored(found)])
    show_answers([*(response.pk for response in made), *differing])
    return [done[item.row.line] for item in plans]


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Remove answers that were added, and set corrected ones back."""
    undone = {row.line: Undone(row.line) for row in rows}
    changes = taking_back.changes_back(Response, THING, rows, undone)
    actions.change_responses(viewer=context.viewer, changes=changes, now=context.now, import_id=context.run_id or 0)
    show_answers(changes)
    added = {entry[1]: row for row in rows for entry in row.done if entry[2] == ADDED}
    stays = actions.take_back_responses(viewer=context.viewer, added={pk: row.at for pk, row in added.items()})
    customers.remove_touchpoints(keys=[key_on_timeline(pk) for pk in added if pk not in stays])
    taking_back.note(THING, added, stays, undone)
    return list(undone.values())


def _survey(values: dict[str, Any]) -> str:
    return " ".join(str(values.get("survey") or USUAL).split())[:120]


def _known(plans: Sequence[Plan]) -> dict[tuple[str, str], Response]:
    titles = {_survey(item.row.values) for item in plans}
    surveys = dict(Survey.objects.filter(title__in=titles).values_list("pk", "title"))
    numbers = [number_of(item.row.values) for item in plans]
    rows = Response.objects.filter(survey_id__in=surveys, external_id__in=numbers).exclude(external_id="")
    return {(surveys[row.survey_id], row.external_id): row for row in rows}


def _links(person: Contact | None, account_id: int | None) -> dict[str, int | None]:
    return {
        "account_id": account_id,
        "contact_id": person.pk if person else None,
        "member_id": person.member_id if person else None,
        "recipient_id": person.recipient_id if person else None,
    }


def _plan_one(item: Plan, links: dict[str, int | None], known: Response | None, context: Context) -> None:
    values = item.row.values
    given = {name: values[name] for name in NAMES if values.get(name) is not None}
    given |= {name: pk for name, pk in links.items() if pk is not None}
    before = {name: getattr(known, name) for name in (*NAMES, *LINKS)} if known else {}
    number = number_of(values)
    try:
        clean = actions.checked({**before, **given, "external_id": number}, now=context.now)
    except Refused as refused:
        item.refuse(context.header(refused.field or ""), refused.reason, value=given.get(refused.field or "", ""))
        return
    if known is None:
        item.work = Work(_survey(values), None, clean)
        item.changes = [(THING, name, None, clean[name]) for name in (*NAMES, *LINKS) if clean[name] not in ("", None)]
        return
    changed = {name: clean[name] for name in (*NAMES, *LINKS) if clean[name] != getattr(known, name)}
    item.work = Work(_survey(values), known, changed)
    item.changes = [(THING, name, getattr(known, name) or "", after or "") for name, after in changed.items()]


def show_answers(ids: Iterable[int]) -> None:
    """Let answers stand on the timeline of their customers as they are now; what says the same already is left alone."""
    rows = list(Response.objects.filter(pk__in=list(ids)).select_related("survey").order_by("pk"))
    known = [row for row in rows if row.account_id or row.contact_id]
    customers.keep_touchpoints([touch_of(row, row.survey.title) for row in known])
    customers.remove_touchpoints(keys=[key_on_timeline(row.pk) for row in rows if row not in known])


def key_on_timeline(pk: int) -> str:
    return f"response:{pk}"


def touch_of(response: Response, title: str) -> customers.Touch:
    """Return how an answer stands on the timeline."""
    return customers.Touch(
        key=key_on_timeline(response.pk),
        account_id=response.account_id,
        contact_id=response.contact_id,
        member_id=response.member_id,
        channel="survey",
        kind="survey.answered",
        at=response.answered_at,
        title=f"{title}: {response.score}/10",
        excerpt=" ".join(response.comment.split())[:400],
        url=f"/desk/surveys/{response.survey_id}/#response-{response.pk}",
        source_type="response",
        source_id=response.pk,
        direction="in",
    )


KIND = ImportKind("nps", _("NPS answers"), "clipboard-list", fields, keys, plan, write, undo)
