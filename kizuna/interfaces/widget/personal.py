"""What the widget holds about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData
from kizuna.interfaces.widget import actions
from kizuna.interfaces.widget.models import CameAlong, ReadAnswers
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry


def along(*, person: Person) -> Iterator[Any]:
    """Yield what was sent along with the person's inquiries."""
    asked = Inquiry.objects.filter(inbox.asked_by(person))
    yield from CameAlong.objects.filter(inquiry__in=asked).order_by("pk").values("inquiry_id", "origin", "facts", "at")


def read(*, person: Person) -> Iterator[Any]:
    """Yield how far the person has read in the widget."""
    rows = ReadAnswers.objects.filter(member_id=person.member_id or 0).order_by("pk")
    yield from rows.values("inquiry_id", "message_id")


def forget_along(*, person: Person, now: datetime) -> Erased:
    """Remove what was sent along, before the inbox forgets who asked."""
    return Erased(removed=actions.forget_sent(person=person))


def forget_read(*, person: Person, now: datetime) -> Erased:
    """Remove how far the person has read."""
    return Erased(removed=actions.forget_read(member_id=person.member_id or 0))


ALONG = PersonalData("widget.along", _("What was sent along by the widget"), (), along, erase=forget_along, order=20)
READ = PersonalData(
    "widget.read", _("Answers read in the widget"), ("widget.ReadAnswers.member",), read, erase=forget_read
)
