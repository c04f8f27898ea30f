"""What this app holds about people, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.answering import actions
from kizuna.success.answering.models import Macro


def templates(*, person: Person) -> Iterator[Any]:
    """Yield the member's own templates."""
    rows = Macro.objects.filter(member_id=person.member_id or 0).order_by("pk")
    yield from rows.values("template__name", "template__body")


TEMPLATES = PersonalData(
    "answering.templates",
    _("Own reply templates"),
    ("answering.Macro.member", "answering.MacroUse.member"),
    templates,
    erase=actions.forget_person,
    order=29,  # before the inbox forgets whose an inquiry was
)
BY_STAFF = PersonalExempt(
    "answering.by_staff",
    covers=("answering.SimilarLink.removed_by", "answering.AnswerBatch.by", "answering.Macro.owner"),
    reason="Says who of the team answered or took something out; an erased member's row has no name any more.",
)
