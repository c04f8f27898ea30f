"""What privacy shows in the navigations, and how the audit log says what happened."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AccountDoor, AuditWords, Fragment, NavigationItem, Target, WaitingWork
from kizuna.core.members.policies import can_manage, can_read_audit
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.privacy.models import PrivacyRequest
from kizuna.core.privacy.queries import requests
from kizuna.core.privacy.wording import AUDIT_PAGES, AUDIT_SETTINGS, AUDIT_WORDS, KINDS


def _reads_audit(*, viewer: Viewer) -> bool:
    return can_read_audit(viewer)


def _is_team(*, viewer: Viewer) -> bool:
    return requests.is_team(viewer)


def _manages(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _due(*, viewer: Viewer) -> int:
    return requests.due_count(viewer, today=local_day(timezone.now()))


def _url(*, row: PrivacyRequest) -> str:
    # Whoever asked is told by a notice and led to their own page; the team finds the way to its own from there.
    return "/account/requests/"


def _title(*, row: PrivacyRequest) -> str:
    return str(KINDS[row.kind])


def _nothing(*, row: PrivacyRequest) -> str:
    return ""


AUDIT = NavigationItem(
    "audit", _("Audit log"), "privacy:audit", "scroll-text", _reads_audit, place="studio", section="setup"
)
WORDS = AuditWords("privacy", AUDIT_WORDS, pages=AUDIT_PAGES, settings=AUDIT_SETTINGS)
COPIES = AccountDoor(
    "copies",
    _("Everything about you"),
    _("A ZIP file with all records, tables and files."),
    "privacy:own-copies",
)
OWN_REQUESTS = AccountDoor(
    "requests",
    _("Your rights"),
    _("Ask the team to show, correct, stop using or erase what it holds about you."),
    "privacy:own-requests",
)
REQUESTS = NavigationItem(
    "privacy-requests", _("Requests about personal data"), "privacy:requests", "shield-check", _is_team, count=_due,
    place="desk",
)  # fmt: skip
DUE = WaitingWork(
    "privacy-requests", _("Requests about personal data that are due"), "privacy:requests", "shield-check", _manages,
    count=_due,
)  # fmt: skip
SETTINGS = NavigationItem(
    "privacy", _("Personal data"), "privacy:settings", "shield-check", _manages, place="studio", section="setup"
)
REQUEST = Target("privacy_request", _("Request about personal data"), requests.visible_requests, _url, _title, _nothing)
MEMBER_DOOR = Fragment("members.privacy", "privacy:member")
