"""What this app offers to lower ones: its parts of an inquiry's page and of the queue, its page of the desk."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kizuna.base.registry import HiddenTemplates, InquiryMarks, InquiryPart, NavigationItem, Rebuild
from kizuna.core.members.viewer import Viewer
from kizuna.success.answering import actions, policies, queries
from kizuna.success.answering.wording import acts_of
from kizuna.success.inbox import doors
from kizuna.success.inbox.models import Inquiry

BUTTONS = 3


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


def _beside(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> dict[str, Any] | None:
    """Return what stands above the editor of an answer."""
    templates = list(queries.templates_for(viewer)[:BUTTONS])
    used = queries.used_in(viewer, inquiry)
    return {
        "templates": templates,
        "used": used,
        "acts": acts_of(queries.macro_of(used.template)) if used else [],
        "has_door": doors.door_of(inquiry) is not None,
        "similar": queries.counts_of([inquiry.pk], now=now).get(inquiry.pk, 0),
    }


def _marks(*, viewer: Viewer, ids: list[int], now: datetime) -> dict[int, str]:
    counts = queries.counts_of(ids, now=now)
    return {pk: ngettext("%(n)d alike", "%(n)d alike", count) % {"n": count} for pk, count in counts.items()}


GROUPS = NavigationItem(
    "similar-inquiries", _("Growing questions"), "answering:growing", "trending-up", _reads, place="desk"
)
PART = InquiryPart("answering", "answering/_beside.html", _beside)
MARKS = InquiryMarks("answering", _marks)
TEMPLATES = HiddenTemplates("answering", queries.hidden_templates)
REBUILD = Rebuild("similar", actions.compare_again)
