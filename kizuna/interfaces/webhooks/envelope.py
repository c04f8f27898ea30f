"""What an endpoint is told of an activity: numbers, addresses and small facts, as its maker may see them at this moment.

Fails closed: a type of thing that neither has a target nor stands below is told to nobody.
"""

import json
from datetime import UTC, datetime
from typing import Any

from kizuna.base.hosting.links import absolute_url
from kizuna.base.registry import Target, by_name, hidden_from
from kizuna.core.activity.models import Activity
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks.policies import can_keep

TEST = "kizuna.test"
# What every owner and admin sees in Studio, whatever its state.
MANAGED = frozenset({
    "account_attribute", "audience", "department", "effort_function", "effort_week", "invitation", "invitation_batch",
    "member", "referral_link", "space", "survey", "terms", "testimonial",
})  # fmt: skip
# What is seen with the customer named by the property `account`.
WITH_ACCOUNT = frozenset({"cancellation", "contract", "match", "purchase"})
# Acts whose actor no page names.
WITHOUT_ACTOR = frozenset({"article.rated", "idea.voted", "idea.vote_withdrawn"})
# Verbs and properties that tell of hidden fields (ADR 12), by the groups of those.
HIDDEN_VERBS = {"success.defined": {"judgement"}}
HIDDEN_PROPS = {"fields": {"contact", "amount", "judgement"}, "score": {"judgement"}}
# After these the thing is seen no more: told to whoever was told of it before.
GONE = frozenset({
    "article.archived", "call.removed", "effort.removed", "encounter.removed", "note.removed", "post.removed",
    "topic.removed",
})  # fmt: skip


def envelope_for(viewer: Viewer, activity: Activity, *, was_told: bool = False) -> dict[str, Any] | None:
    """Return what the viewer's endpoint is told of an activity, or None for nothing. `was_told`: it heard of the thing before."""
    hidden = hidden_from(viewer=viewer)
    if not can_keep(viewer) or HIDDEN_VERBS.get(activity.verb, set()) & hidden:
        return None
    thing, is_seen = _object(viewer, activity)
    if not is_seen and not (was_told and activity.verb in GONE):
        return None
    return _envelope(
        activity.verb,
        at=activity.at,
        told={
            "id": activity.pk,
            "object": thing,
            "actor": None if activity.verb in WITHOUT_ACTOR else _actor(activity.actor_id),
            "props": {
                name: value
                for name, value in sorted(activity.props.items())
                if not HIDDEN_PROPS.get(name, set()) & hidden
            },
        },
    )


def test_envelope(viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    """Return a message that says nothing but that messages arrive."""
    told = {"id": None, "object": None, "actor": _actor(viewer.member_id), "props": {}}
    return _envelope(TEST, at=now, told=told)


def as_body(envelope: dict[str, Any]) -> str:
    """Return the very characters that are signed and sent."""
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def _envelope(verb: str, *, at: datetime, told: dict[str, Any]) -> dict[str, Any]:
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": verb, "timestamp": moment, "data": told}


def _object(viewer: Viewer, activity: Activity) -> tuple[dict[str, Any] | None, bool]:
    """Return how the activity's thing is told, and whether the viewer sees it."""
    kind, number = activity.object_type, activity.object_id
    if not kind:
        return None, True
    told: dict[str, Any] = {"type": kind, "id": number, "url": None}
    target = by_name(Target, kind)
    row = target.visible(viewer=viewer, ids=[number]).get(number) if target and number is not None else None
    if target is not None and row is not None:
        path = target.url(row=row)
        told["url"] = absolute_url(path) if path.startswith("/") else None
        return told, True
    if kind in WITH_ACCOUNT:
        return told, _sees_account(viewer, activity.props.get("account"))
    return told, kind in MANAGED


def _sees_account(viewer: Viewer, account_id: Any) -> bool:
    target = by_name(Target, "account")
    return bool(target and account_id is not None and target.visible(viewer=viewer, ids=[account_id]))


def _actor(member_id: int | None) -> dict[str, Any] | None:
    """Return who did it. Managers know every member; Kizuna itself and whoever was erased are nobody."""
    member = Member.objects.filter(pk=member_id or 0, is_system=False).exclude(state=Member.State.ERASED).first()
    return {"id": member.pk, "handle": member.handle} if member else None
