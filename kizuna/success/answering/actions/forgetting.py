"""What goes when a person is erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.success.answering.models import (
    AnswerItem,
    InquiryFeatures,
    InquiryTerm,
    Macro,
    MacroUse,
    SimilarLink,
)
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox.models import ReplyTemplate


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Remove what the person's inquiries were compared by, what was written to them, and their own templates."""
    asked = list(Inquiry.objects.filter(inbox.asked_by(person)).values_list("pk", flat=True))
    removed = InquiryTerm.objects.filter(inquiry__in=asked).delete()[0]
    removed += InquiryFeatures.objects.filter(inquiry__in=asked).delete()[0]
    removed += SimilarLink.objects.filter(Q(inquiry__in=asked) | Q(other__in=asked)).delete()[0]
    blanked = AnswerItem.objects.filter(inquiry__in=asked).update(text="", line="", detail="")
    own = Macro.objects.filter(member_id=person.member_id or 0).values_list("template_id", flat=True)
    removed += ReplyTemplate.objects.filter(pk__in=list(own)).delete()[0]
    removed += MacroUse.objects.filter(member_id=person.member_id or 0).delete()[0]
    return Erased(removed=removed + blanked)
