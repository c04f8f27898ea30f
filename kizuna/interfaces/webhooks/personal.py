"""What webhooks hold about people, for erasures."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.interfaces.webhooks import actions


def forget(*, person: Person, now: datetime) -> Erased:
    """Empty messages that name the person. What receivers keep is theirs: they are told `member.erased`."""
    return Erased(kept=actions.forget_person(member_id=person.member_id)) if person.member_id else Erased()


MESSAGES = PersonalData(
    "webhooks.messages",
    _("Messages to other systems that name you"),
    (),
    erase=forget,
    kept_because=_("That a message was sent stays for a month, without its text."),
)
BY_STAFF = PersonalExempt(
    "webhooks.by_staff",
    covers=("webhooks.Endpoint.made_by",),
    reason="Says who of the team set up a webhook; an erased member's row has no name any more, and the webhook pauses.",
)
