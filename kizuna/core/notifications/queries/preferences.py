"""What members chose to be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kizuna.base.registry import NotificationText, of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import MailPreference
from kizuna.core.notifications.queries.readers import text_of

Level = MailPreference.Level


@dataclass(frozen=True)
class Choice:
    """One kind with the level this member has, and whether mail can be had at all."""

    kind: str
    label: Any
    level: str
    has_mail: bool


def default_level(text: NotificationText) -> str:
    return Level.MAIL if text.mail and text.mail_by_default else Level.IN_APP


def levels_of(member_ids: Iterable[int], *, kind: str) -> dict[int, str]:
    """Return each member's level for a kind, the default where they chose nothing."""
    default = default_level(text_of(kind))
    ids = list(member_ids)
    chosen = dict(MailPreference.objects.filter(member_id__in=ids, kind=kind).values_list("member_id", "level"))
    return {member_id: chosen.get(member_id, default) for member_id in ids}


def level_of(member_id: int, *, kind: str) -> str:
    return levels_of([member_id], kind=kind)[member_id]


def choices_of(viewer: Viewer) -> list[Choice]:
    """Return every kind that is for this member, with their own level."""
    assert viewer.member_id is not None
    chosen = dict(MailPreference.objects.filter(member_id=viewer.member_id).values_list("kind", "level"))
    return [
        Choice(
            kind=text.name,
            label=text.label,
            level=chosen.get(text.name, default_level(text)),
            has_mail=text.mail is not None,
        )
        for text in of(NotificationText)
        if text.is_offered is None or text.is_offered(viewer=viewer)
    ]
