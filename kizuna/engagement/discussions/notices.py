"""What members are told of discussions: a sentence for the list, and the parts of a mail.

The subject of a mail about a topic stays the same from mail to mail, so that mail programs keep them in one thread.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from kizuna.base.registry import NotificationText
from kizuna.core.members import policies
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.texts import MailParts, Notice, by_actors


def _line_of(*, one: Any, two: Any, many: Any, none: Any) -> Callable[..., str]:
    def line(*, notification: Notice, language: str) -> str:
        return by_actors(notification, one=one, two=two, many=many, none=none)

    return line


def _plain(sentence: Any) -> Callable[..., str]:
    return _line_of(one=sentence, two=sentence, many=sentence, none=sentence)


_replied = _line_of(
    one=gettext_lazy("%(first)s replied to “%(title)s”"),
    two=gettext_lazy("%(first)s and %(second)s replied to “%(title)s”"),
    many=ngettext_lazy(
        "%(first)s, %(second)s and %(others)d other replied to “%(title)s”",
        "%(first)s, %(second)s and %(others)d others replied to “%(title)s”",
        "others",
    ),
    none=gettext_lazy("“%(title)s” got a reply"),
)
_mentioned = _line_of(
    one=gettext_lazy("%(first)s mentioned you in “%(title)s”"),
    two=gettext_lazy("%(first)s and %(second)s mentioned you in “%(title)s”"),
    many=ngettext_lazy(
        "%(first)s, %(second)s and %(others)d other mentioned you in “%(title)s”",
        "%(first)s, %(second)s and %(others)d others mentioned you in “%(title)s”",
        "others",
    ),
    none=gettext_lazy("You were mentioned in “%(title)s”"),
)
_accepted = _line_of(
    one=gettext_lazy("%(first)s accepted your answer to “%(title)s”"),
    two=gettext_lazy("%(first)s and %(second)s accepted your answers to “%(title)s”"),
    many=ngettext_lazy(
        "%(first)s, %(second)s and %(others)d other accepted your answers to “%(title)s”",
        "%(first)s, %(second)s and %(others)d others accepted your answers to “%(title)s”",
        "others",
    ),
    none=gettext_lazy("Your answer to “%(title)s” was accepted"),
)
_solved = _plain(gettext_lazy("“%(title)s” was solved"))
_reacted = _line_of(
    one=gettext_lazy("%(first)s reacted to your post in “%(title)s”"),
    two=gettext_lazy("%(first)s and %(second)s reacted to your post in “%(title)s”"),
    many=ngettext_lazy(
        "%(first)s, %(second)s and %(others)d other reacted to your post in “%(title)s”",
        "%(first)s, %(second)s and %(others)d others reacted to your post in “%(title)s”",
        "others",
    ),
    none=gettext_lazy("Your post in “%(title)s” got a reaction"),
)
_solved_asked = _plain(gettext_lazy("Is “%(title)s” solved?"))
_held = _plain(gettext_lazy("A post in “%(title)s” waits for your look"))
_released = _plain(gettext_lazy("Your post in “%(title)s” can now be seen"))
_status_changed = _plain(gettext_lazy("There is news about the idea “%(title)s”"))

REACHED_STAFF = {
    "normal": gettext_lazy("“%(title)s” waits for an answer by staff"),
    "urgent": gettext_lazy("“%(title)s” is urgent and waits for staff"),
    "billing": gettext_lazy("“%(title)s” is about billing and waits for staff"),
    "private": gettext_lazy("“%(title)s” is private and waits for staff"),
}


def _reached_staff(*, notification: Notice, language: str) -> str:
    urgency = str(notification.props.get("urgency", "normal"))
    sentence = REACHED_STAFF.get(urgency, REACHED_STAFF["normal"])
    return str(sentence) % {"title": notification.title}


def _mail_replied(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("New reply: %(title)s") % {"title": notification.title},
        title=_replied(notification=notification, language=language),
        quote=notification.excerpt,
        button=_("Read the reply"),
        reason=_("This mail was sent because you follow this topic."),
    )


def _mail_mentioned(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("You were mentioned: %(title)s") % {"title": notification.title},
        title=_mentioned(notification=notification, language=language),
        quote=notification.excerpt,
        button=_("Read the post"),
        reason=_("This mail was sent because somebody mentioned you."),
    )


def _mail_accepted(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("Your answer was accepted: %(title)s") % {"title": notification.title},
        title=_accepted(notification=notification, language=language),
        lines=(_("Thank you. Your answer helps whoever meets the same question next."),),
        button=_("See the question"),
        reason=_("This mail was sent because you answered this question."),
    )


def _mail_solved_asked(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("Is it solved? %(title)s") % {"title": notification.title},
        title=_solved_asked(notification=notification, language=language),
        lines=(
            _("Nothing has been written for some days. Please tell us whether it is solved."),
            _("If it is not, a few more words about what you see make an answer more likely."),
        ),
        button=_("Say whether it is solved"),
        reason=_("This mail was sent because you asked this question."),
    )


def _mail_reached_staff(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("Waits for staff: %(title)s") % {"title": notification.title},
        title=_reached_staff(notification=notification, language=language),
        quote=notification.excerpt,
        button=_("Answer the question"),
        reason=_("This mail was sent because you are staff of this community."),
    )


def _mail_held(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("Waits for your look: %(title)s") % {"title": notification.title},
        title=_held(notification=notification, language=language),
        button=_("See the post"),
        reason=_("This mail was sent because you are a moderator of this community."),
    )


def _mail_released(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("Your post can be seen: %(title)s") % {"title": notification.title},
        title=_released(notification=notification, language=language),
        button=_("See the post"),
        reason=_("This mail was sent because your post was being looked at."),
    )


def _mail_status_changed(*, notification: Notice, language: str, reader: str) -> MailParts:
    return MailParts(
        subject=_("News about an idea: %(title)s") % {"title": notification.title},
        title=_status_changed(notification=notification, language=language),
        button=_("See the idea"),
        reason=_("This mail was sent because you follow this idea."),
    )


def _for_staff(*, viewer: Viewer) -> bool:
    return viewer.is_staff


def _for_moderators(*, viewer: Viewer) -> bool:
    return policies.can_moderate(viewer)


REPLIED = NotificationText("topic.replied", gettext_lazy("Replies to topics you follow"), _replied, _mail_replied)
MENTIONED = NotificationText("member.mentioned", gettext_lazy("Mentions of you"), _mentioned, _mail_mentioned)
ACCEPTED = NotificationText("answer.accepted", gettext_lazy("Accepted answers of yours"), _accepted, _mail_accepted)
SOLVED = NotificationText("question.solved", gettext_lazy("Solved questions you follow"), _solved)
REACTED = NotificationText("post.reacted", gettext_lazy("Reactions to your posts"), _reacted)
SOLVED_ASKED = NotificationText(
    "solved.asked", gettext_lazy("Whether your question is solved"), _solved_asked, _mail_solved_asked
)
STATUS_CHANGED = NotificationText(
    "idea.status_changed", gettext_lazy("News about ideas you follow"), _status_changed, _mail_status_changed
)
RELEASED = NotificationText("post.released", gettext_lazy("Your posts after a look"), _released, _mail_released)
REACHED_STAFF_TEXT = NotificationText(
    "question.reached_staff",
    gettext_lazy("Questions that wait for staff"),
    _reached_staff,
    _mail_reached_staff,
    is_offered=_for_staff,
)
HELD = NotificationText(
    "post.held", gettext_lazy("Posts that wait for a moderator"), _held, _mail_held, is_offered=_for_moderators
)
