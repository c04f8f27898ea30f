"""Make surveys, note what was answered, count."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import CustomerLink, Erased, Person, of
from kizuna.base.rows import insert_many, pointed_at
from kizuna.core.activity.actions import record, record_imported
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.surveys import activities, policies
from kizuna.engagement.surveys.models import Response, Survey

CHUNK = 1_000
LONGEST_TITLE, LONGEST_COMMENT, LONGEST_ID = 120, 10_000, 120
WHOSE = ("account_id", "contact_id", "member_id")
FIELDS = ("score", "comment", "member_id", "recipient_id", "account_id", "contact_id", "external_id", "answered_at")


@transaction.atomic
def make_survey(*, viewer: Viewer, title: str, now: datetime) -> Survey:
    """Make a survey, or return the one of that name."""
    policies.require_worker(viewer)
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(_("Please enter a title of at most 120 characters."), field="title")
    survey, is_new = Survey.objects.get_or_create(title=title, defaults={"created_at": now})
    if is_new:
        record(activities.SURVEY_MADE, actor_id=viewer.member_id, object_type="survey", object_id=survey.pk, at=now)
    return survey


def note_response(*, viewer: Viewer, survey: Survey, fields: Mapping[str, Any], now: datetime) -> Response:
    """Note one answer. Raises Refused for a customer or person who is not there, or who do not go together."""
    policies.require_worker(viewer)
    named = {name: fields.get(name) for name in WHOSE}
    row = {**fields, **_completed(viewer, named, at=fields.get("answered_at") or now), "survey_id": survey.pk}
    try:
        return note_responses(viewer=viewer, rows=[row], now=now)[0]
    except IntegrityError:  # somebody was faster with this number
        _require_new_ids([(survey.pk, checked(row, now=now))])
        raise


@transaction.atomic
def note_responses(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Response]:
    """Note answers: rows hold FIELDS and `survey_id`. Raises Refused for the first bad one."""
    policies.require_worker(viewer)
    if len(rows) > CHUNK:
        raise ValueError(f"At most {CHUNK} rows a call.")
    clean = [checked(row, now=now) for row in rows]
    surveys = [row["survey_id"] for row in rows]
    _require_new_ids(list(zip(surveys, clean, strict=True)))
    made = insert_many(
        [
            Response(**row, survey_id=survey_id, import_id=import_id, created_at=now, updated_at=now)
            for survey_id, row in zip(surveys, clean, strict=True)
        ]
    )
    _tell(made, now=now, import_id=import_id)
    _count_later(set(surveys))
    return made


@transaction.atomic
def change_response(*, viewer: Viewer, response: Response, fields: Mapping[str, Any], now: datetime) -> Response:
    """Correct one answer: what is not named stays. Raises Refused as `note_response` does."""
    policies.require_worker(viewer)
    response = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    said = dict(fields)
    if set(WHOSE) & set(said):
        named = {name: said.get(name, getattr(response, name)) for name in WHOSE}
        said |= {"recipient_id": None, **_completed(viewer, named, at=said.get("answered_at") or response.answered_at)}
    whole = {name: getattr(response, name) for name in FIELDS} | said
    if checked(whole, now=now)["external_id"] not in ("", response.external_id):
        _require_new_ids([(response.survey_id, checked(whole, now=now))])
    change_responses(viewer=viewer, changes={response.pk: said}, now=now)
    response.refresh_from_db()
    return response


@transaction.atomic
def change_responses(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> dict[int, dict[str, list[Any]]]:
    """Correct answers as a later export says them. Returns {answer: {field: [before, after]}}."""
    policies.require_worker(viewer)
    found: dict[int, dict[str, list[Any]]] = {}
    rows = Response.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk")
    changed = []
    for row in rows:
        before = {name: getattr(row, name) for name in FIELDS}
        clean = checked({**before, **changes[row.pk]}, now=now)
        differing = {name: [before[name], clean[name]] for name in FIELDS if before[name] != clean[name]}
        if differing:
            for name, (_before, after) in differing.items():
                setattr(row, name, after)
            row.updated_at = now
            found[row.pk] = differing
            changed.append(row)
    Response.objects.bulk_update(changed, [*FIELDS, "updated_at"])
    _tell_corrected(changed, found, viewer=viewer, now=now, import_id=import_id)
    _count_later({row.survey_id for row in changed})
    return found


@transaction.atomic
def take_back_responses(*, viewer: Viewer, added: Mapping[int, datetime]) -> dict[int, str]:
    """Remove answers that an import added and nobody corrected since. Returns {answer: why it stays}."""
    policies.require_worker(viewer)
    rows = list(Response.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk"))
    stays = {row.pk: "changed_since" for row in rows if row.updated_at != added[row.pk]}
    stays |= pointed_at(Response, [row.pk for row in rows if row.pk not in stays])
    going = [row for row in rows if row.pk not in stays]
    Response.objects.filter(pk__in=[row.pk for row in going]).delete()
    _count_later({row.survey_id for row in going})
    return stays


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Take the words and whose they were out of a person's answers; the scores stay counted as somebody's.

    The number of the contact stays, which names nobody any more: so the latest score of each is still found.
    """
    rows = Response.objects.filter(answered_by(person))
    kept = rows.update(comment="", external_id="", member=None, recipient=None, updated_at=now)
    return Erased(kept=kept)


def answered_by(person: Person) -> Q:
    """Return which answers are the person's own. As a member alone they are not the contact's."""
    own = Q(member_id=person.member_id or 0, contact_id=None) | Q(contact_id=person.contact_id or 0)
    own |= Q(account_id__in=person.account_ids)
    return own | Q(recipient__address_key__in=person.addresses, member=None, contact_id=None)


@transaction.atomic
def keep_figures(
    *, survey: Survey, counts: tuple[int, int, int], interval: tuple[float, float, float] | None, now: datetime
) -> None:
    """Keep what was counted: promoters, passives, detractors, and NPS with its interval."""
    value, low, high = interval or (None, None, None)
    Survey.objects.filter(pk=survey.pk).update(
        promoters=counts[0],
        passives=counts[1],
        detractors=counts[2],
        value=value,
        low=low,
        high=high,
        counted_at=now,
    )


def checked(row: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return an answer as it will be stored. Importers ask the same for a dry run."""
    score = row.get("score")
    if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= 10:
        raise Refused(_("A whole number from 0 to 10 is needed."), field="score")
    comment = str(row.get("comment") or "").replace("\x00", "").strip()
    if len(comment) > LONGEST_COMMENT:
        raise Refused(_("This is too long."), field="comment", code="too_long")
    external_id = str(row.get("external_id") or "").strip()
    if len(external_id) > LONGEST_ID:
        raise Refused(_("This is too long."), field="external_id", code="too_long")
    answered_at = row.get("answered_at") or now
    if answered_at > now:
        raise Refused(_("This day has not come yet."), field="answered_at")
    links = {name: row.get(name) for name in ("member_id", "recipient_id", "account_id", "contact_id")}
    return {"score": score, "comment": comment, "external_id": external_id, "answered_at": answered_at, **links}


def _tell(made: Sequence[Response], *, now: datetime, import_id: int | None) -> None:
    rows: list[dict[str, Any]] = [
        {
            "actor_id": row.member_id,
            "object_type": "response",
            "object_id": row.pk,
            "at": row.answered_at if import_id is not None else now,
            "props": {"survey": row.survey_id, "score": row.score},
        }
        for row in made
    ]
    if import_id is not None:
        record_imported(((activities.SURVEY_ANSWERED, row) for row in rows), import_id=import_id)
        return
    for row in rows:
        record(activities.SURVEY_ANSWERED, **row)


def _tell_corrected(
    changed: Sequence[Response],
    found: Mapping[int, Mapping[str, Any]],
    *,
    viewer: Viewer,
    now: datetime,
    import_id: int | None,
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "actor_id": viewer.member_id,
            "object_type": "response",
            "object_id": row.pk,
            "at": now,
            "props": {"survey": row.survey_id, "fields": ",".join(found[row.pk])},
        }
        for row in changed
    ]
    if import_id is not None:
        record_imported(((activities.SURVEY_CORRECTED, row) for row in rows), import_id=import_id)
        return
    for row in rows:
        record(activities.SURVEY_CORRECTED, **row)


def _completed(viewer: Viewer, named: Mapping[str, int | None], *, at: datetime) -> dict[str, Any]:
    """Return whose an answer is, with what follows from it."""
    found: dict[str, Any] = {}
    if any(number is not None for number in named.values()):
        for link in of(CustomerLink):
            found |= link.complete(viewer=viewer, at=at, **named)
    return found


def _count_later(survey_ids: set[int]) -> None:
    for survey_id in sorted(survey_ids):
        enqueue("surveys.count", args={"survey_id": survey_id}, key=f"survey:{survey_id}")


def _require_new_ids(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    named = [(survey_id, row["external_id"]) for survey_id, row in rows if row["external_id"]]
    known = Response.objects.filter(
        survey_id__in={one for one, _id in named}, external_id__in=[pk for _one, pk in named]
    )
    if len(set(named)) < len(named) or set(known.values_list("survey_id", "external_id")) & set(named):
        raise Refused(_("Another answer has this number already."), field="external_id", code="taken")
