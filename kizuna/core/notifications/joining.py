"""Who asks to join, told to those who let people in: one who waits unheard stays away."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText, Target
from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.members.activities import MEMBER_REQUESTED
from kizuna.core.members.models import JoinRequest, Member, Role, RoleGrant
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.actions import notify
from kizuna.core.notifications.texts import MailParts, Notice


def _visible(*, viewer: Viewer, ids: list[int]) -> dict[int, JoinRequest]:
    """Return the requests of those members that still wait, to managers."""
    if not can_manage(viewer):
        return {}
    waiting = JoinRequest.objects.filter(member_id__in=ids, decision="").select_related("member")
    return {row.member_id: row for row in waiting}


def _url(*, row: JoinRequest) -> str:
    return reverse("members:studio-members")


def _title(*, row: JoinRequest) -> str:
    return row.member.name


def _excerpt(*, row: JoinRequest) -> str:
    return row.message


def _line(*, notification: Notice, language: str) -> str:
    return _("%(name)s asks to join") % {"name": notification.title}


def _mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    line = _line(notification=notification, language=language)
    return MailParts(
        subject=line,
        title=line,
        quote=notification.excerpt,
        button=_("Let in or decline"),
        reason=_("This mail was sent because you manage this community."),
    )


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def tell_managers(*, activity: Activity) -> None:
    """Tell owners and admins of somebody who waits to be let in."""
    assert activity.object_id is not None  # it names who asks
    held = RoleGrant.objects.filter(role__in=(Role.OWNER, Role.ADMIN), member__state=Member.State.ACTIVE)
    notify(
        recipients=held.values_list("member_id", flat=True),
        kind=REQUESTED.name,
        activity=activity,
        target_type=REQUEST.name,
        target_id=activity.object_id,
    )


REQUEST = Target(
    name="join_request",
    label=gettext_lazy("Request to join"),
    visible=_visible,
    url=_url,
    title=_title,
    excerpt=_excerpt,
)
REQUESTED = NotificationText(
    "member.requested", gettext_lazy("People who ask to join"), _line, _mail, is_offered=_for_managers
)
MANAGERS = Consumer("notifications.tell_managers_of_requests", (MEMBER_REQUESTED,), tell_managers)
