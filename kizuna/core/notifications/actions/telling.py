"""Tell members of an activity: a line in their list, and a mail where they want one, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.models import Activity
from kizuna.core.members.models import Member
from kizuna.core.notifications.actions.posting import write_notices
from kizuna.core.notifications.models import MailPreference, Notification
from kizuna.core.notifications.queries.preferences import levels_of
from kizuna.core.notifications.queries.readers import readers, text_of, viewers_of, who_may_see

AT_ONCE = 100  # more recipients than this are told by jobs of this many
ACTORS_KEPT = 20
ACTIVITIES_KEPT = 50


@dataclass(frozen=True)
class Event:
    """What happened, as far as telling of it goes."""

    kind: str
    target_type: str
    target_id: int
    group_key: str
    actor_id: int | None
    activity_id: int | None
    at: datetime
    props: dict[str, Any] = field(default_factory=dict)


def notify(
    *,
    recipients: Iterable[int],
    kind: str,
    target_type: str,
    target_id: int,
    activity: Activity | None = None,
    actor_id: int | None = None,
    group_key: str = "",
    props: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """Tell each of these members, except the actor, whoever may not see the target, and whoever wants to hear nothing.

    An activity reaches a member once, however often this is called with it; imported history reaches nobody.
    More than AT_ONCE members are told by jobs.
    """
    text_of(kind)
    if activity is not None and activity.import_id is not None:
        return
    wanted = sorted(set(recipients) - {actor_id})
    event = Event(
        kind=kind,
        target_type=target_type,
        target_id=target_id,
        group_key=group_key or f"{target_type}:{target_id}",
        actor_id=actor_id,
        activity_id=activity.pk if activity else None,
        at=now or timezone.now(),
        props=props or {},
    )
    if len(wanted) <= AT_ONCE:
        tell(wanted, event=event)
        return
    with transaction.atomic():
        for start in range(0, len(wanted), AT_ONCE):
            enqueue(
                "notifications.tell", args={"recipients": wanted[start : start + AT_ONCE], "event": _as_args(event)}
            )


@transaction.atomic
def tell(recipients: Sequence[int], *, event: Event) -> None:
    """Write the lines and the mails of one event for up to AT_ONCE members."""
    people = _listening(readers(recipients), event=event)
    if not people:
        return
    rows = _written([member.pk for member in people], event=event)
    levels = levels_of(rows, kind=event.kind)
    mailed = [member for member in people if levels.get(member.pk) == MailPreference.Level.MAIL]
    if mailed and text_of(event.kind).mail is not None:
        write_notices(
            mailed, rows=rows, now=event.at, activity_id=event.activity_id, actor_id=event.actor_id, props=event.props
        )


def event_from(args: dict[str, Any]) -> Event:
    """Return the event that a job's args hold."""
    return Event(**{**args, "at": datetime.fromisoformat(args["at"])})


def _as_args(event: Event) -> dict[str, Any]:
    return {**vars(event), "at": event.at.isoformat()}


def _listening(members: list[Member], *, event: Event) -> list[Member]:
    levels = levels_of([member.pk for member in members], kind=event.kind)
    wanting = [member for member in members if levels[member.pk] != MailPreference.Level.OFF]
    viewers = viewers_of(wanting)
    seeing = who_may_see(viewers.values(), target_type=event.target_type, target_id=event.target_id)
    return [member for member in wanting if member.pk in seeing]


def _written(member_ids: Sequence[int], *, event: Event) -> dict[int, Notification]:
    """Return the row that now tells each member of the event; members who knew of it already are left out."""
    try:
        with transaction.atomic():
            return _join_or_add(member_ids, event=event)
    except IntegrityError:  # another worker opened a line of the same group for one of them: join it
        return _join_or_add(member_ids, event=event)


def _join_or_add(member_ids: Sequence[int], *, event: Event) -> dict[int, Notification]:
    open_rows, knowing = {}, set()
    # A line that was read before this activity cannot have told of it.
    group = Notification.objects.filter(
        Q(read_at__isnull=True) | Q(activity_id__gte=event.activity_id or 0),
        member_id__in=member_ids,
        group_key=event.group_key,
    )
    for row in group.select_for_update().order_by("pk"):
        if event.activity_id is not None and event.activity_id in row.activity_ids:
            knowing.add(row.member_id)
        if row.is_unread and row.kind == event.kind:
            open_rows[row.member_id] = row
    joined = [_joined(row, event=event) for member_id, row in open_rows.items() if member_id not in knowing]
    added = [_added(member_id, event=event) for member_id in member_ids if member_id not in open_rows.keys() | knowing]
    Notification.objects.bulk_update(joined, CHANGED_BY_JOINING)
    Notification.objects.bulk_create(added)
    return {row.member_id: row for row in joined + added}


CHANGED_BY_JOINING = [
    "activity_id",
    "target_type",
    "target_id",
    "actor",
    "props",
    "event_count",
    "actor_ids",
    "activity_ids",
    "latest_at",
]


def _joined(row: Notification, *, event: Event) -> Notification:
    if event.at >= row.latest_at:  # a retried one may come after its successor
        row.target_type, row.target_id = event.target_type, event.target_id
        row.actor_id, row.props, row.latest_at = event.actor_id, event.props, event.at
    others = [actor for actor in row.actor_ids if actor != event.actor_id]
    row.actor_ids = [*_known(event.actor_id), *others][:ACTORS_KEPT]
    row.activity_ids = [*_known(event.activity_id), *row.activity_ids][:ACTIVITIES_KEPT]
    row.activity_id = max(row.activity_ids, default=None)
    row.event_count += 1
    return row


def _added(member_id: int, *, event: Event) -> Notification:
    return Notification(
        member_id=member_id,
        kind=event.kind,
        group_key=event.group_key,
        activity_id=event.activity_id,
        target_type=event.target_type,
        target_id=event.target_id,
        actor_id=event.actor_id,
        props=event.props,
        actor_ids=_known(event.actor_id),
        activity_ids=_known(event.activity_id),
        created_at=event.at,
        latest_at=event.at,
    )


def _known(number: int | None) -> list[int]:
    return [] if number is None else [number]
