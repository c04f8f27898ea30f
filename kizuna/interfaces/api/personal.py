"""What the API keeps for a member's programs, for erasures."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData
from kizuna.interfaces.api.actions import forget_keys_of


def forget_answers(*, person: Person, now: datetime) -> Erased:
    """Delete the answers kept so that a request sent twice has one effect."""
    return Erased(removed=forget_keys_of(member_id=person.member_id)) if person.member_id else Erased()


ANSWERS = PersonalData(
    "api.answers", _("Answers kept for programs"), ("api.IdempotencyKey.member",), erase=forget_answers
)
