"""Say in words what staff changed in Studio. An action that a later version names is shown as "Another setting"."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base import registry
from kizuna.core.community.models import ManagerAction
from kizuna.core.members.models import Member

DEEDS = {
    "audience.changed": _("Audience changed"),
    "import.begun": _("Import begun"),
    "import.finished": _("Import finished"),
    "invitation.cancelled": _("Invitation withdrawn"),
    "links.changed": _("Links changed"),
    "member.approved": _("Member let in"),
    "member.declined": _("Request to join declined"),
    "member.erased": _("Member taken out"),
    "member.invited": _("Somebody invited"),
    "member.invited_by_file": _("Invitations sent by file"),
    "member.made": _("Member made on the command line"),
    "member.restored": _("Suspension lifted"),
    "member.suspended": _("Member suspended"),
    "role.granted": _("Role given"),
    "role.revoked": _("Role taken"),
    "space.archived": _("Space archived"),
    "space.changed": _("Space changed"),
    "space.created": _("Space made"),
    "space.ordered": _("Order of spaces changed"),
    "space.unarchived": _("Space opened again"),
    "terms.published": _("New version of the terms published"),
    "token.made": _("API token made"),
    "token.revoked": _("API token revoked"),
    "topic.audience_changed": _("Who may read a topic changed"),
    "word.removed": _("Word to watch removed"),
    "word.saved": _("Word to watch added"),
}
THINGS = {
    "audience": pgettext_lazy("audit", "Audience"),
    "batch": pgettext_lazy("audit", "File of invitations"),
    "import": pgettext_lazy("audit", "Import"),
    "invitation": pgettext_lazy("audit", "Invitation"),
    "space": pgettext_lazy("audit", "Space"),
    "terms": pgettext_lazy("audit", "Terms"),
    "token": pgettext_lazy("audit", "API token"),
}
SETTINGS = {
    "brand.chroma": _("Vividness changed"),
    "brand.hue": _("Hue changed"),
    "brand.logo": _("Logo changed"),
    "community.default_language": _("Language for visitors changed"),
    "community.description": _("Description changed"),
    "community.is_open": _("Opening of the community changed"),
    "community.joining": _("Ways to join changed"),
    "community.name": _("Name changed"),
    "community.tagline": _("Line under the name changed"),
    "community.time_zone": _("Time zone changed"),
    "customers.hidden_fields": _("Who sees fields of customers changed"),
    "discussions.reactions": _("Reactions changed"),
    "home.welcome": _("Welcome text changed"),
    "members.staff_second_proof": _("Second proof for the team changed"),
    "discussions.members_first_hours": _("Hours in which members answer first changed"),
    "discussions.newcomer_hours": _("Limits for new members changed"),
    "discussions.posts_per_minute": _("Limit of posts changed"),
    "discussions.solved_check_days": _("Days until askers are reminded changed"),
    "discussions.topics_per_hour": _("Limit of topics changed"),
    "notifications.mails_a_day": _("Limit of mails changed"),
    "search.synonyms": _("Search words changed"),
}
OTHER = pgettext_lazy("change", "Another setting changed")


@dataclass(frozen=True)
class Change:
    """One line: when, who, what in words, about whom or which word."""

    at: Any
    who: str
    what: Any
    about: str = ""
    url: str = ""


def in_words(rows: Iterable[ManagerAction]) -> list[Change]:
    """Return the changes as lines to read, in the same order."""
    rows = list(rows)
    people = Member.objects.in_bulk({int(number) for number in map(_member_of, rows) if number})
    return [_line(row, people) for row in rows]


def _line(row: ManagerAction, people: dict[int, Member]) -> Change:
    part, name = ("settings", row.subject) if row.action == "setting.changed" else ("words", row.action)
    what = registry.audit_words(part).get(name, OTHER)
    who = row.member.name if row.member and not row.member.is_system else "Kizuna"
    person = people.get(int(_member_of(row) or 0))
    if person:
        return Change(row.at, who, what, person.name, f"/studio/members/{person.pk}/")
    return Change(row.at, who, what, row.subject if row.action.startswith("word.") else "")


def _member_of(row: ManagerAction) -> str:
    kind, _colon, number = row.subject.partition(":")
    return number if kind == "member" and number.isdigit() else ""
