"""What the widget declares: its page in Studio, what came along for the inbox, words of the audit log."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AuditWords, InquiryFacts, NavigationItem
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.widget import context, policies, queries


def _places(*, viewer: Viewer) -> bool:
    return policies.can_place(viewer)


def _along(*, viewer: Viewer, inquiry_id: int) -> Sequence[tuple[Any, str]]:
    found = queries.came_along(viewer=viewer, inquiry_id=inquiry_id)
    if found is None:
        return []
    where = (pgettext_lazy("context", "Sent from"), urlsplit(found.origin).netloc)
    return [where, *((context.label_of(key), value) for key, value in found.facts)]


STUDIO = NavigationItem(
    "studio-widget", _("Widget"), "widget:studio", "message-circle-question-mark", _places, place="studio",
    section="setup",
)  # fmt: skip
FACTS = InquiryFacts("widget", _along)
AUDIT = AuditWords("widget", {}, settings={"widget.placed": _("Widget changed")})
