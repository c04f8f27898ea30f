"""Tell members of an activity: a line in their list, and a mail where they want one, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.models import Activity
from kizuna.core.members.models import Member
from kizuna.core.notifications.actions.posting import mail_key, write_notices
from kizuna.core.notifications.models import MailPreference, Notification, OutgoingMail
from kizuna.core.notifications.occasions import Occasion
from kizuna.core.notifications.queries.preferences import levels_of
from kizuna.core.notifications.queries.readers import readers, text_of, viewers_of, who_may_see

AT_ONCE = 100  # more recipients than this are told by jobs of this many
ACTORS_KEPT = 20
ACTIVITIES_KEPT = 50


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

    An activity reaches a member once, however often this is called with it; imported history reaches nobody. Of one act
    a member gets one mail: what else came of the activity that caused this one stands in their list alone.
    More than AT_ONCE members are told by jobs.
    """
    text_of(kind)
    if activity is not None and activity.import_id is not None:
        return
    wanted = sorted(set(recipients) - {actor_id})
    if not wanted:
        return
    occasion = Occasion(
        kind=kind,
        target_type=target_type,
        target_id=target_id,
        group_key=group_key or f"{target_type}:{target_id}",
        actor_id=actor_id,
        activity_id=activity.pk if activity else None,
        at=now or timezone.now(),
        props=props or {},
        act_ids=_others_of_act(activity),
    )
    if len(wanted) <= AT_ONCE:
        tell(wanted, occasion=occasion)
        return
    with transaction.atomic():
        for start in range(0, len(wanted), AT_ONCE):
            enqueue(
                "notifications.tell",
                args={"recipients": wanted[start : start + AT_ONCE], "occasion": occasion.as_args()},
            )


@transaction.atomic
def tell(recipients: Sequence[int], *, occasion: Occasion) -> None:
    """Write the lines and the mails of one occasion for up to AT_ONCE members."""
    members = readers(recipients)
    levels = levels_of([member.pk for member in members], kind=occasion.kind)
    people = _seeing([member for member in members if levels[member.pk] != MailPreference.Level.OFF], occasion=occasion)
    if not people:
        return
    rows = _written([member.pk for member in people], occasion=occasion)
    mailed = [member for member in people if member.pk in rows and levels[member.pk] == MailPreference.Level.MAIL]
    if mailed and text_of(occasion.kind).mail is not None:
        write_notices(_not_mailed_of(occasion.act_ids, mailed), rows=rows, occasion=occasion)


def _others_of_act(activity: Activity | None) -> list[int]:
    """Return the first cause of an activity and whatever else came of it. Few activities have a cause."""
    if activity is None or activity.caused_by is None:
        return []
    first = activity.caused_by
    while first.caused_by is not None:
        first = first.caused_by
    family = ids = [first.pk]
    while ids:  # MAX_DEPTH of the log ends this
        ids = list(Activity.objects.filter(caused_by__in=ids).values_list("pk", flat=True))
        family = family + ids
    return [number for number in family if number != activity.pk]


def _not_mailed_of(activity_ids: Sequence[int], members: Sequence[Member]) -> list[Member]:
    if not activity_ids:
        return list(members)
    keys = {mail_key(activity_id, member.pk): member.pk for activity_id in activity_ids for member in members}
    written = OutgoingMail.objects.filter(key__in=list(keys)).values_list("key", flat=True)
    mailed = {keys[key] for key in written if key}
    return [member for member in members if member.pk not in mailed]


def _seeing(members: list[Member], *, occasion: Occasion) -> list[Member]:
    viewers = viewers_of(members)
    seeing = who_may_see(viewers.values(), target_type=occasion.target_type, target_id=occasion.target_id)
    return [member for member in members if member.pk in seeing]


def _written(member_ids: Sequence[int], *, occasion: Occasion) -> dict[int, Notification]:
    """Return the row that now tells each member of the occasion; members who knew of it already are left out."""
    try:
        with transaction.atomic():
            return _join_or_add(member_ids, occasion=occasion)
    except IntegrityError:  # another worker opened a line of the same group for one of them: join it
        return _join_or_add(member_ids, occasion=occasion)


def _join_or_add(member_ids: Sequence[int], *, occasion: Occasion) -> dict[int, Notification]:
    open_rows, knowing = {}, set()
    told = Q(read_at__isnull=True)
    if occasion.activity_id is not None:  # a line that was read before this activity cannot have told of it
        told |= Q(activity_id__gte=occasion.activity_id)
    group = Notification.objects.filter(told, member_id__in=member_ids, group_key=occasion.group_key)
    for row in group.select_for_update().order_by("pk"):
        if occasion.activity_id is not None and occasion.activity_id in row.activity_ids:
            knowing.add(row.member_id)
        if row.is_unread and row.kind == occasion.kind:
            open_rows[row.member_id] = row
    joined = [_joined(row, occasion=occasion) for member_id, row in open_rows.items() if member_id not in knowing]
    added = [
        _added(member_id, occasion=occasion) for member_id in member_ids if member_id not in open_rows.keys() | knowing
    ]
    _save_joined(joined)
    Notification.objects.bulk_create(added)
    return {row.member_id: row for row in joined + added}


def _save_joined(rows: list[Notification]) -> None:
    """Save changed lines: those who follow a thread for as long have equal ones, and equal ones are one statement."""
    alike: dict[str, list[Notification]] = {}
    for row in rows:
        alike.setdefault(repr([getattr(row, name) for name in CHANGED_BY_JOINING]), []).append(row)
    for group in alike.values():
        values = {name: getattr(group[0], name) for name in CHANGED_BY_JOINING}
        Notification.objects.filter(pk__in=[row.pk for row in group]).update(**values)


CHANGED_BY_JOINING = (
    "activity_id",
    "target_type",
    "target_id",
    "actor_id",
    "props",
    "activity_count",
    "actor_ids",
    "activity_ids",
    "latest_at",
)


def _joined(row: Notification, *, occasion: Occasion) -> Notification:
    if occasion.at >= row.latest_at:  # a retried one may come after its successor
        row.target_type, row.target_id = occasion.target_type, occasion.target_id
        row.actor_id, row.props, row.latest_at = occasion.actor_id, occasion.props, occasion.at
    others = [actor for actor in row.actor_ids if actor != occasion.actor_id]
    row.actor_ids = [*_known(occasion.actor_id), *others][:ACTORS_KEPT]
    row.activity_ids = [*_known(occasion.activity_id), *row.activity_ids][:ACTIVITIES_KEPT]
    row.activity_id = max(row.activity_ids, default=None)
    row.activity_count += 1
    return row


def _added(member_id: int, *, occasion: Occasion) -> Notification:
    return Notification(
        member_id=member_id,
        kind=occasion.kind,
        group_key=occasion.group_key,
        activity_id=occasion.activity_id,
        target_type=occasion.target_type,
        target_id=occasion.target_id,
        actor_id=occasion.actor_id,
        props=occasion.props,
        actor_ids=_known(occasion.actor_id),
        activity_ids=_known(occasion.activity_id),
        created_at=occasion.at,
        latest_at=occasion.at,
    )


def _known(number: int | None) -> list[int]:
    return [] if number is None else [number]
