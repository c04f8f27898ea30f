"""What follows for customers: members are linked to accounts, their doings stand on the timeline, colleagues are told."""

from typing import Any

from kizuna.base.registry import Target, by_name
from kizuna.core.activity.catalogue import declared_types
from kizuna.core.activity.consumers import EVERY_VERB, Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.identities.activities import IDS_CARRIED
from kizuna.core.identities.models import Identity
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.activities import EMAIL_CHANGED, MEMBER_CLAIMED, MEMBER_JOINED
from kizuna.core.members.models import Member
from kizuna.core.notifications.actions import notify
from kizuna.success.customers import actions, activities, notices
from kizuna.success.customers.models import NoteMention, Touchpoint

# What an activity says of whom, where that is not its actor.
SUBJECTS = {"answer.accepted": "answerer"}


def link_member(*, activity: Activity) -> None:
    """Link a member whose address is proven to the account it belongs to."""
    member = Member.objects.filter(pk=activity.object_id or 0).first()
    if member is not None:
        actions.join_by_address(viewer=system_viewer(), member=member, now=activity.at)


def carry_ids(*, activity: Activity) -> None:
    """Put the numbers that a company account told on the person and their account."""
    identity = Identity.objects.select_related("member").filter(pk=activity.props["identity"]).first()
    if identity is not None:
        actions.carry_outside_ids(
            viewer=system_viewer(), member=identity.member, person_id=identity.person_id,
            customer_id=identity.customer_id, now=activity.at,
        )  # fmt: skip


def touch_customers(*, activity: Activity) -> None:
    """Put what a member did on the timeline of the accounts where they worked at that moment."""
    channel = channels().get(activity.verb)
    member_id = activity.props.get(SUBJECTS.get(activity.verb, ""), activity.actor_id)
    if not channel or member_id is None:
        return
    touch = actions.Touch(
        key=f"activity:{activity.pk}",
        channel=channel,
        at=activity.at,
        member_id=member_id,
        kind=activity.verb,
        direction=Touchpoint.Direction.IN,
        source_type=activity.object_type,
        source_id=activity.object_id,
    )
    if found := actions.touches_of_member(member_id=member_id, touch=touch):
        actions.write_touchpoints([_described(item) for item in found])


def tell_mentioned(*, activity: Activity) -> None:
    """Tell the colleagues whom a note names; each is told once."""
    if not activity.props.get("mentions"):
        return
    named = NoteMention.objects.filter(note_id=activity.object_id or 0).values_list("member_id", flat=True)
    notify(
        recipients=list(named),
        kind=notices.NOTED.name,
        activity=activity,
        actor_id=activity.actor_id,
        target_type="note",
        target_id=activity.object_id or 0,
    )


def channels() -> dict[str, str]:
    """Return the channel of each verb that is a touchpoint."""
    return {item.verb: item.channel for types in declared_types().values() for item in types if item.channel}


def rebuild_touchpoints(*, report: Any) -> int:
    """Write what came from activities again; what has its own source (notes, contracts) stays."""
    actions.forget_touches_of_activities()
    count, last = 0, 0
    verbs = list(channels())
    while batch := list(Activity.objects.filter(pk__gt=last, verb__in=verbs).order_by("pk")[:500]):
        for activity in batch:
            touch_customers(activity=activity)
        count, last = count + len(batch), batch[-1].pk
        report(f"touchpoints: {count}")
    return count


def _described(touch: actions.Touch) -> actions.Touch:
    """Add the words of what it is about. Whoever reads them later is asked again whether they may (queries.timeline)."""
    target = by_name(Target, touch.source_type)
    row = target.visible(viewer=system_viewer(), ids=[touch.source_id]).get(touch.source_id or 0) if target else None
    if target is None or row is None:
        return touch
    words = {"title": target.title(row=row)[:200], "excerpt": target.excerpt(row=row)[:400], "url": target.url(row=row)}
    return actions.Touch(**{**vars(touch), **words})


JOINING = Consumer("link_members_to_accounts", (MEMBER_JOINED, MEMBER_CLAIMED, EMAIL_CHANGED), link_member)
TOUCHPOINTS = Consumer("touchpoints", EVERY_VERB, touch_customers, historical=True, replayable=True)
MENTIONS = Consumer("tell_mentioned_in_notes", (activities.NOTE_WRITTEN, activities.NOTE_EDITED), tell_mentioned)
IDS = Consumer("carry_ids_to_customers", (IDS_CARRIED,), carry_ids)
