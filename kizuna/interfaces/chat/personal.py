"""What chats hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.interfaces.chat import actions
from kizuna.interfaces.chat.models import LineUser, SlackLink

BATCH = 1000


def at_line(*, person: Person) -> Iterator[Any]:
    """Yield whom the person is at LINE; what was written stands with their inquiries."""
    theirs = Q(contact_id=person.contact_id or 0) | Q(member_id=person.member_id or 0)
    rows = LineUser.objects.filter(theirs).order_by("id")
    yield from rows.values("channel__name", "user_id", "name", "is_following", "linked_at").iterator(chunk_size=BATCH)


def in_slack(*, person: Person) -> Iterator[Any]:
    """Yield whom the person is in the team's Slack."""
    rows = SlackLink.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("team_id", "user_id", "name", "linked_at").iterator(chunk_size=BATCH)


LINE = PersonalData(
    "chat.line",
    _("LINE"),
    ("chat.LineUser.contact", "chat.LineUser.member", "chat.LineCode.member"),
    at_line,
    erase=actions.forget_person,
    order=20,
)
SLACK = PersonalData("chat.slack", _("Slack"), ("chat.SlackLink.member",), in_slack)
BY_STAFF = PersonalExempt(
    "chat.by_staff",
    covers=("chat.LineChannel.made_by", "chat.LineUser.linked_by"),
    reason="Says who of the team set up a LINE account or said who somebody there is; an erased member's row has no name.",
)
