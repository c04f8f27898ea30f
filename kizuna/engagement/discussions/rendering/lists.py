"""Put a list of topics together from stored rows and what the viewer may press."""

from collections.abc import Sequence
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from kizuna.base.components import leaves
from kizuna.core.members.policies import can_act
from kizuna.core.members.queries import shown_names
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import State
from kizuna.engagement.discussions.queries.page_lists import ListRow
from kizuna.engagement.discussions.queries.pages import TopicRow
from kizuna.engagement.discussions.rendering import rows as stored_rows
from kizuna.engagement.discussions.rendering import slots


def put_together(
    rows: Sequence[ListRow], viewer: Viewer, *, csrf_token: str = "", is_board: bool = False
) -> SafeString:
    """Return the rows as articles; `is_board` draws ideas as lines of one card instead of cards of their own."""
    fragments = stored_rows.fragments(rows, language=viewer.language, time_zone=viewer.time_zone)
    words = {**_words(), **_audiences(viewer)}
    drawn = (
        _article(row, slots.fill(fragments[row.id], _slots(row, viewer, words, csrf_token)), is_board=is_board)
        for row in rows
        if row.id in fragments
    )
    return slots.trusted("".join(drawn))


def _article(row: ListRow, inside: str, *, is_board: bool) -> str:
    classes = "card post"
    if row.space.is_idea:
        classes = "idea" if is_board else "card idea"
    unread = " post--unread" if row.is_unread and classes == "card post" else ""
    return f'<article class="{classes}{unread}" aria-labelledby="t-{row.id}" data-item>{inside}</article>'


def _slots(row: ListRow, viewer: Viewer, words: dict[str, str], csrf_token: str) -> dict[str, str]:
    values = {**words, "count": _counts(row, words), "meta": ""}
    if row.is_unread:
        values["meta"] = words["unread"]
        if row.last_read:
            number = row.last_read + 1
            values["at"] = f"?p={number}#p-{number}"
    if row.state == State.HELD:
        values["meta"] += words["held"]
    if row.space.is_idea:
        values["vote"] = vote(row, viewer, has_voted=row.has_voted, csrf_token=csrf_token)
    return values


def _counts(row: ListRow, words: dict[str, str]) -> str:
    replies = row.post_count - 1 if row.post_count else 0
    return (
        f'<a class="act" href="/t/{row.id}/"><span class="vh">{words["replies"]}</span>{words["reply_icon"]}{replies}</a>'
        f'<span class="act muted"><span class="vh">{words["views"]}</span>{words["view_icon"]}{row.view_count}</span>'
    )


def vote(row: ListRow | TopicRow, viewer: Viewer, *, has_voted: bool, csrf_token: str) -> SafeString:
    """Return the votes of an idea: a button for who may act, else their number."""
    context = {
        "topic_id": row.id,
        "has_voted": has_voted,
        "vote_count": row.vote_count,
        "may_act": can_act(viewer) and bool(csrf_token),
        "csrf_token": csrf_token,
    }
    return render_to_string("discussions/_vote.html", context)


def _audiences(viewer: Viewer) -> dict[str, str]:
    """Return the slot of each audience that a topic of its own may have: its name where it is told, else that it is for some."""
    names, hint = shown_names(viewer), gettext("Only they can read it.")
    return {
        f"who-{pk}": leaves.chip(names.get(pk) or gettext("For some only"), tone="line", icon_name="users", hint=hint)
        for pk in viewer.audience_ids
    }


def _words() -> dict[str, str]:
    unread = escape(pgettext("mark", "Unread"))
    return {
        "replies": escape(gettext("Replies")),
        "views": escape(pgettext("count", "Views")),
        "reply_icon": leaves.icon("message-circle"),
        "view_icon": leaves.icon("eye"),
        "unread": f'<span class="vh">{unread}</span>',
        "held": leaves.chip(gettext("Waiting for a moderator"), tone="warn", icon_name="hourglass"),
    }
