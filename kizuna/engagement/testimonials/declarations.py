"""What testimonials offer to lower apps: the block of the home page, pages, the target of a notification."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import HomeBlock, NavigationItem, Target, WaitingWork
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.testimonials import policies, queries
from kizuna.engagement.testimonials.models import Testimonial


def _block(*, viewer: Viewer, language: str) -> str:
    rows = queries.testimonials_visible_to(viewer, place="community", today=local_day(timezone.now()))
    found = list(rows[: queries.SHOWN])
    return render_to_string("testimonials/_block.html", {"rows": found}) if found else ""


def _gives(*, viewer: Viewer) -> bool:
    return policies.can_give(viewer)


def _decides(*, viewer: Viewer) -> bool:
    return policies.can_decide(viewer)


def _waiting(*, viewer: Viewer) -> int:
    return queries.waiting_count(viewer)


def _own(*, viewer: Viewer, ids: list[int]) -> dict[int, Testimonial]:
    return Testimonial.objects.filter(member_id=viewer.own_id).in_bulk(ids)


def _url(*, row: Testimonial) -> str:
    return f"/testimonials/?asked={row.pk}"


def _title(*, row: Testimonial) -> str:
    return gettext("Your words")


def _nothing(*, row: Any) -> str:
    return ""


BLOCK = HomeBlock("testimonials", _("What members say"), _block, position="rail")
OWN = NavigationItem("testimonials", _("Your words"), "testimonials:own", "quote", _gives, place="menu")
STUDIO = NavigationItem(
    "studio-testimonials",
    _("Testimonials"),
    "testimonials:studio",
    "quote",
    _decides,
    place="studio",
    section="content",
)
WAITING = WaitingWork("testimonials", _("Testimonials that wait"), "testimonials:studio", "quote", _decides, _waiting)
TARGET = Target("testimonial", _("Your words"), _own, _url, _title, _nothing)
