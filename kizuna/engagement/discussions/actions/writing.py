"""Read what somebody wrote once: screened, rendered, its names and files found. Nothing is stored here."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kizuna.base.text import japanese, links, markdown
from kizuna.base.text.lines import one_line
from kizuna.core.community import queries as community
from kizuna.core.community.screening import screen
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions import statements
from kizuna.engagement.discussions.models import Topic

MAX_TITLE_LENGTH = 200
MAX_MENTIONS = 20
_FILES = re.compile(r"/f/([A-Za-z0-9_-]{1,100})(?=[/)\s\"'?#]|$)")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSEEN = r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
_SEEN = re.compile(f"[^{_UNSEEN}]")


@dataclass(frozen=True)
class Writing:
    """One body, ready to be stored."""

    body: str
    html: str
    text: str
    lang: str
    mentioned_ids: tuple[int, ...]
    file_keys: tuple[str, ...]
    held_for: str = ""


def stale() -> str:
    """Return a version no fragment has. Never twice the same, so that a slow drawer cannot store over a later change."""
    return f"stale.{secrets.token_hex(4)}"


def written(*, viewer: Viewer, body: str, now: datetime, attachments: Iterable[str] = ()) -> Writing:
    """Return the body screened and rendered, or raise Refused with the reason at the field `body`."""
    body = tidied(body)
    if is_empty(body):
        raise Refused(_("Please write something."), field="body", code="empty")
    verdict = screen(text=body, viewer=viewer, is_newcomer=_is_newcomer(viewer, body, now=now))
    if verdict.refused_for:
        raise Refused(_word_refused(verdict.refused_for), field="body", code="word")
    document, known = rendered(verdict.text)
    return Writing(
        body=verdict.text,
        html=document.html,
        text=document.text,
        lang=japanese.lang_of(document.text),
        mentioned_ids=_called(document, known, by=viewer),
        file_keys=tuple(dict.fromkeys([*_FILES.findall(verdict.text), *attachments])),
        held_for=verdict.held_for,
    )


def rendered(body: str) -> tuple[markdown.Document, dict[str, int]]:
    """Return the document of a body and the members it may mention by handle: names of nobody stay plain text."""
    known = _members_named(body)
    try:
        document = markdown.document(
            body, mention_url=lambda handle: markdown.profile_url(handle) if handle in known else None
        )
    except markdown.TooLong as error:
        reason = ngettext_lazy(
            "This text is too long. Please keep it under %(limit)d character.",
            "This text is too long. Please keep it under %(limit)d characters.",
            error.limit,
        )
        raise Refused(reason % {"limit": error.limit}, field="body", code="too_long") from error
    return document, known


def titled(*, viewer: Viewer, title: str) -> tuple[str, str]:
    """Return (title as it is stored, word for which it is held), or raise Refused at the field `title`."""
    title = " ".join(one_line(tidied(title)).split())
    if is_empty(title):
        raise Refused(_("Please give a title."), field="title", code="empty")
    if len(title) > MAX_TITLE_LENGTH:
        reason = _("This title is too long. Please keep it under %(limit)d characters.")
        raise Refused(reason % {"limit": MAX_TITLE_LENGTH}, field="title", code="too_long")
    verdict = screen(text=title, viewer=viewer)
    if verdict.refused_for:
        raise Refused(_word_refused(verdict.refused_for), field="title", code="word")
    return verdict.text, verdict.held_for


def is_empty(text: str) -> bool:
    """Tell whether nothing of a text can be seen."""
    return not _SEEN.search(text)


def tidied(text: str) -> str:
    """Return the text with one kind of line end, without control characters and lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", lines).encode("utf-8", "ignore").decode().rstrip()


def require_pace(*, viewer: Viewer, now: datetime) -> None:
    """Refuse members who post faster than people write. Staff are not limited."""
    if viewer.is_staff:
        return
    limit = community.setting(keys.POSTS_PER_MINUTE)
    if statements.recent_posts(author_id=viewer.member_id or 0, within=timedelta(minutes=1), now=now) >= limit:
        raise Refused(_("You are posting very quickly. Please wait a minute and send it again."), code="too_fast")


def require_topic_pace(*, viewer: Viewer, now: datetime) -> None:
    """Refuse members who open more topics in an hour than the community allows. Staff are not limited."""
    if viewer.is_staff:
        return
    limit = community.setting(keys.TOPICS_PER_HOUR)
    recent = Topic.objects.filter(
        author_id=viewer.member_id, created_at__gt=now - timedelta(hours=1), created_at__lte=now
    )
    if recent.count() >= limit:
        raise Refused(_("You have opened many topics this hour. Please wait a while."), code="too_fast")


def _is_newcomer(viewer: Viewer, body: str, *, now: datetime) -> bool:
    if viewer.is_staff or not ("://" in body or "www." in body.lower()):
        return False  # only links matter, so the others are spared a query
    hours = community.setting(keys.NEWCOMER_HOURS)
    return Member.objects.filter(pk=viewer.member_id, joined_at__gt=now - timedelta(hours=hours)).exists()


def _members_named(body: str) -> dict[str, int]:
    if "@" not in body and "＠" not in body:
        return {}
    handles = {link.target for link in links.find_links(body) if link.kind == "handle"}
    found = Member.objects.filter(handle__in=sorted(handles)[:200]).exclude(state=Member.State.ERASED)
    return dict(found.filter(is_system=False).values_list("handle", "pk"))


def _called(document: markdown.Document, known: dict[str, int], *, by: Viewer) -> tuple[int, ...]:
    called = [known[handle] for handle in document.mentions if handle in known]
    return tuple(member_id for member_id in called if member_id != by.member_id)[:MAX_MENTIONS]


def _word_refused(word: str) -> str:
    return _("The word “%(word)s” cannot be used here.") % {"word": word}
