"""Words of states as people read them."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from kizuna.base.components import leaves
from kizuna.core.community import queries as community
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.models import IdeaStatus, Topic

IDEA_STATUSES = {
    IdeaStatus.RECEIVED: (pgettext_lazy("idea status", "Received"), "", "inbox"),
    IdeaStatus.CONSIDERED: (pgettext_lazy("idea status", "Under review"), "brand", "message-circle"),
    IdeaStatus.PLANNED: (pgettext_lazy("idea status", "Planned"), "warn", "clock"),
    IdeaStatus.STARTED: (pgettext_lazy("idea status", "In progress"), "warn", "clock"),
    IdeaStatus.SHIPPED: (pgettext_lazy("idea status", "Available"), "good", "circle-check"),
    IdeaStatus.DECLINED: (pgettext_lazy("idea status", "Not planned"), "", "circle-minus"),
}
URGENCIES = {
    Topic.Urgency.URGENT: (pgettext_lazy("urgency", "Urgent"), "clock"),
    Topic.Urgency.BILLING: (pgettext_lazy("urgency", "Billing"), "coins"),
    Topic.Urgency.PRIVATE: (pgettext_lazy("urgency", "Private"), "lock"),
}
KINDS = {
    "discussion": gettext_lazy("Discussion"),
    "question": gettext_lazy("Questions and answers"),
    "announcement": gettext_lazy("Announcements"),
    "idea": gettext_lazy("Ideas"),
}


def idea_label(status: str) -> str:
    """Return where an idea stands, in words; one without a status was received."""
    return str(IDEA_STATUSES[IdeaStatus(status or IdeaStatus.RECEIVED)][0])


def idea_chip(status: str) -> SafeString:
    """Return where an idea stands, as a chip."""
    label, tone, icon = IDEA_STATUSES[IdeaStatus(status or IdeaStatus.RECEIVED)]
    return leaves.chip(str(label), tone=tone, icon_name=icon)


def urgency_chip(urgency: str) -> SafeString:
    """Return what makes a question urgent, as a chip; nothing for a normal one."""
    if urgency not in URGENCIES:
        return SafeString("")
    label, icon = URGENCIES[Topic.Urgency(urgency)]
    return leaves.chip(str(label), tone="warn", icon_name=icon)


def reactions(language: str) -> list[tuple[str, str]]:
    """Return the community's reactions as (word, label), in the manager's order."""
    other = "ja" if language == "en" else "en"
    return [(item["word"], item.get(language) or item.get(other, "")) for item in community.setting(keys.REACTIONS)]


def duration(seconds: int) -> str:
    """Return how long something took, in the largest fitting unit and the next smaller one."""
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return gettext("{minutes} min").format(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        if not rest:
            return gettext("{hours} h").format(hours=hours)
        return gettext("{hours} h {minutes} min").format(hours=hours, minutes=rest)
    days = round(hours / 24)
    return gettext("{days} d").format(days=days)
