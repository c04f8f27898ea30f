"""A target for these tests: notes on a board, each for one audience, and the kinds of notification about them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from kizuna.base.registry import NotificationText, Target
from kizuna.core.members.viewer import MEMBERS, Viewer
from kizuna.core.notifications.texts import MailParts, Notice, by_actors


@dataclass
class Note:
    title: str
    body: str
    audience: int = MEMBERS
    author: int | None = None


NOTES: dict[int, Note] = {}


def ON_LOOK(viewer: Viewer) -> None:  # noqa: N802
    """Be told who looks; a test may listen."""


def visible(*, viewer: Viewer, ids: list[int]) -> dict[int, Note]:
    ON_LOOK(viewer)
    return {
        number: NOTES[number]
        for number in ids
        if number in NOTES
        and (NOTES[number].audience in viewer.audience_ids or NOTES[number].author == (viewer.member_id or 0))
    }


def line(*, notification: Notice, language: str) -> str:
    return by_actors(
        notification,
        one=gettext_lazy("%(first)s wrote on %(title)s"),
        two=gettext_lazy("%(first)s and %(second)s wrote on %(title)s"),
        many=gettext_lazy("%(first)s, %(second)s and %(others)d others wrote on %(title)s"),
        none=gettext_lazy("Something was written on %(title)s"),
    )


def mail(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=f"Re: {notification.title}",
        title=line(notification=notification, language=language),
        button="Read it",
        quote=notification.excerpt,
    )


TARGET = Target(
    name="board_note",
    label="board_note",
    visible=visible,
    url=lambda *, row: f"/notes/{row.title}/",
    title=lambda *, row: row.title,
    excerpt=lambda *, row: row.body,
)
WRITTEN = NotificationText(name="note.written", label="Notes", line=line, mail=mail)
QUIET = NotificationText(name="note.pinned", label="Pinned notes", line=line)
SELDOM = NotificationText(name="note.seldom", label="Seldom", line=line, mail=mail, mail_by_default=False)
NAMES = [f"{__name__}.{name}" for name in ("TARGET", "WRITTEN", "QUIET", "SELDOM")]
