"""Make the words of a notice when it is sent: for its reader of that moment, from what that reader may see."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from kizuna.base.components.mail import render_mail
from kizuna.base.hosting import links
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.delivery import message
from kizuna.core.notifications.models import MailPreference, OutgoingMail
from kizuna.core.notifications.queries import notices, preferences
from kizuna.core.notifications.queries.readers import may_see, readers, text_of, viewers_of
from kizuna.core.notifications.queries.recipients import is_over_budget, is_stopped, reply_place
from kizuna.core.notifications.settings import REPLY_HOST
from kizuna.core.notifications.texts import MailParts, Notice


class NotWanted(Exception):
    """The mail must not be sent any more; `reason` is one of the words in REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Composed:
    """The parts of a notice, ready to be stored."""

    address: str
    language: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    # Where an answer by mail goes, None where it cannot be answered.
    place: tuple[str, int] | None = None


@dataclass(frozen=True)
class _Told:
    """A mail's own occasion in the shape that a Notice is made from."""

    kind: str
    target_type: str
    target_id: int
    props: dict
    actor_ids: list[int]
    activity_count: int = 1


def compose(mail: OutgoingMail) -> Composed:
    """Return the notice as its reader may have it now, or raise NotWanted."""
    member = _reader(mail)
    viewer = viewers_of([member])[member.pk]
    place = reply_place(mail)
    with translation.override(member.language):
        notice = _notice(mail, viewer=viewer)
        render = text_of(mail.kind).mail
        if render is None:
            raise NotWanted("kind")
        parts = render(notification=notice, language=member.language, reader=member.name)
        subject, text, html = render_mail(
            "notifications/mail/notice.html", _context(parts, notice=notice, member=member, place=place)
        )
    return Composed(
        address=member.email,
        language=member.language,
        subject=message.one_line(subject)[:300],
        text=text,
        html=html,
        headers={
            **message.thread_headers(mail.group_key),
            **message.list_headers(has_key=True),
            **(message.reply_headers(community.setting(REPLY_HOST)) if place else {}),
        },
        place=place,
    )


def _reader(mail: OutgoingMail) -> Member:
    recipient = mail.recipient
    member_id = recipient.member_id if recipient else None
    found = readers([member_id]) if member_id else []
    if not found or not found[0].email or recipient is None:
        raise NotWanted("reader")
    if preferences.level_of(found[0].pk, kind=mail.kind) != MailPreference.Level.MAIL:
        raise NotWanted("preference")
    if is_stopped(recipient, kind=mail.kind):
        raise NotWanted("stopped")
    if is_over_budget(recipient):
        raise NotWanted("budget")
    return found[0]


def _notice(mail: OutgoingMail, *, viewer: Viewer) -> Notice:
    assert mail.target_id is not None
    thing = may_see(viewer, target_type=mail.target_type, target_id=mail.target_id)
    if thing is None:
        raise NotWanted("audience")
    actor_ids = [mail.actor_id] if mail.actor_id else []
    told = _Told(mail.kind, mail.target_type, mail.target_id, mail.props, actor_ids)
    return notices.notice_of(told, thing=thing, actors=notices.actors_of(actor_ids))


def _context(parts: MailParts, *, notice: Notice, member: Member, place: tuple[str, int] | None) -> dict[str, object]:
    return {
        "site_name": community.name(member.language),
        "site_url": links.absolute_url("/"),
        "brand_hue": community.setting(keys.BRAND_HUE),
        "brand_chroma": community.setting(keys.BRAND_CHROMA),
        "settings_url": links.absolute_url("/notifications/settings/"),
        "unsubscribe_url": message.unsubscribe_url(),
        "reason": parts.reason or _("This mail was sent because of what you chose to be told."),
        "reader": member.name,
        "parts": parts,
        "button_url": links.absolute_url(notice.url),
        "button_label": parts.button,
        "may_answer": place is not None,
    }
