"""Read LINE accounts and who writes to them, and who of the team is whom in Slack."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.hosting.sealing import Unopenable, unseal
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_manage, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.chat.models import LineChannel, LineThread, LineUser, SlackLink
from kizuna.success.inbox.models import Inquiry

PURPOSE = "line"
GOES_ON = timedelta(days=3)  # so long after it was closed, what somebody writes belongs to it


def channels_visible_to(viewer: Viewer) -> QuerySet[LineChannel]:
    """Return the LINE accounts, for managers."""
    rows = LineChannel.objects.select_related("made_by").order_by("pk")
    return rows if can_manage(viewer) else rows.none()


def channel_for(viewer: Viewer, channel_id: int) -> LineChannel:
    """Return a LINE account, or Http404."""
    found = channels_visible_to(viewer).filter(pk=channel_id).first()
    if found is None:
        raise Http404
    return found


def channel_of_key(key: str) -> LineChannel | None:
    """Return the LINE account whose webhook has this address."""
    return LineChannel.objects.filter(key=key, is_active=True).first() if key else None


def secret_of(channel: LineChannel) -> str:
    """Return the channel secret, "" when it cannot be opened here."""
    return _opened(channel.sealed_secret)


def token_of(channel: LineChannel) -> str:
    """Return the access token, "" when it cannot be opened here."""
    return _opened(channel.sealed_token)


def line_user_of(inquiry: Inquiry) -> LineUser | None:
    """Return who asked by LINE."""
    thread = LineThread.objects.select_related("user__channel", "user__contact", "user__member").filter(inquiry=inquiry)
    found = thread.first()
    return found.user if found else None


def line_user_for(viewer: Viewer, inquiry: Inquiry) -> LineUser:
    """Return who asked by LINE, for those with the desk; else Http404."""
    found = line_user_of(inquiry) if can_use_desk(viewer) else None
    if found is None:
        raise Http404
    return found


def going_on(user: LineUser, *, now: datetime) -> Inquiry | None:
    """Return the inquiry that what somebody writes now belongs to."""
    open_or_fresh = ~Q(inquiry__state=Inquiry.State.CLOSED) | Q(inquiry__closed_at__gt=now - GOES_ON)
    threads = LineThread.objects.filter(open_or_fresh, user=user).exclude(inquiry__closed_because=Inquiry.Reason.SPAM)
    thread = threads.select_related("inquiry").order_by("-pk").first()
    return thread.inquiry if thread else None


def lines_of(member_id: int) -> list[LineUser]:
    """Return where a member is joined at LINE."""
    return list(LineUser.objects.filter(member_id=member_id).select_related("channel").order_by("pk"))


def is_line_used() -> bool:
    return LineChannel.objects.filter(is_active=True).exists()


def slack_member(team_id: str, user_id: str) -> Member | None:
    """Return who of the team somebody in Slack is."""
    link = SlackLink.objects.select_related("member").filter(team_id=team_id, user_id=user_id).first()
    return link.member if link and link.member.is_active else None


def slack_links_of(member_id: int) -> list[SlackLink]:
    """Return whom a member is in Slack."""
    return list(SlackLink.objects.filter(member_id=member_id).order_by("pk"))


def _opened(sealed: str) -> str:
    try:
        return unseal(sealed, purpose=PURPOSE)
    except Unopenable:
        return ""
