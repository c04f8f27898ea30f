"""What members declare: themselves as a target, and their lines in the navigations."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AuditWords, NavigationItem, Target, WaitingWork
from kizuna.core.members import queries
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_manage, can_moderate
from kizuna.core.members.viewer import Viewer


def _visible(*, viewer: Viewer, ids: list[int]) -> dict[int, Member]:
    return queries.members_visible_to(viewer).in_bulk(ids)


def _url(*, row: Member) -> str:
    return reverse("members:person", args=[row.handle])


def _title(*, row: Member) -> str:
    return row.name


def _excerpt(*, row: Member) -> str:
    return row.bio[:200]


def _is_member(*, viewer: Viewer) -> bool:
    return viewer.is_member


def _is_manager(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _is_staff(*, viewer: Viewer) -> bool:
    return can_manage(viewer) or can_moderate(viewer)


def item(
    name: str, label: Any, url_name: str, icon: str, *, place: str, is_shown: Any, section: str = ""
) -> NavigationItem:
    """Return a line of a navigation."""
    return NavigationItem(name, label, url_name, icon, is_shown, place=place, section=section)


def _requests(*, viewer: Viewer) -> int:
    return queries.join_requests().count()


MEMBER = Target("member", _("Member"), visible=_visible, url=_url, title=_title, excerpt=_excerpt)
DIRECTORY = item("members", _("Members"), "members:directory", "users-round", place="square", is_shown=_is_member)
ACCOUNT = item("account", _("Your account"), "members:account", "settings", place="menu", is_shown=_is_member)
SIGN_OUT = item("signout", _("Sign out"), "account_logout", "log-out", place="menu", is_shown=_is_member)
STUDIO_MEMBERS = item(
    "studio-members", _("Members"), "members:studio-members", "users-round", place="studio", is_shown=_is_staff,
    section="people",
)  # fmt: skip
STUDIO_INVITATIONS = item(
    "invitations", _("Invitations"), "members:studio-invitations", "user-round-plus", place="studio",
    is_shown=_is_manager, section="people",
)  # fmt: skip
STUDIO_TERMS = item(
    "terms", _("Terms and guidelines"), "members:studio-terms", "file-text", place="studio", is_shown=_is_manager,
    section="setup",
)  # fmt: skip
REQUESTS = WaitingWork(
    "join-requests", _("Requests to join"), "members:studio-members", "user-round-plus", _is_manager, count=_requests
)
STUDIO_ATTRIBUTES = item(
    "attributes",
    _("Attributes"),
    "members:studio-attributes",
    "list-checks",
    place="studio",
    is_shown=_is_manager,
    section="people",
)
STUDIO_AUDIENCES = item(
    "audiences",
    _("Audiences"),
    "members:studio-audiences",
    "eye",
    place="studio",
    is_shown=_is_manager,
    section="people",
)
AUDIT = AuditWords("members", pages={"member": _("Member in Studio")})
