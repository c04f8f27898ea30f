"""What the templates of a topic are told: flags that decide its shape, and words that fill it (base.components.patterns)."""

from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kizuna.base.components import leaves
from kizuna.base.hosting.links import absolute_url
from kizuna.base.text import html, markdown
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import can_act, keeps_articles
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies, queries
from kizuna.engagement.discussions.forms import ReplyForm
from kizuna.engagement.discussions.models import Post
from kizuna.engagement.discussions.queries import page_audiences, page_texts
from kizuna.engagement.discussions.queries.pages import PART, PostRow, TopicRow
from kizuna.engagement.discussions.rendering import lists, markup, reply_editor, words
from kizuna.engagement.discussions.rendering.controls import Controls, answer_count, reply_count
from kizuna.engagement.discussions.rendering.posts import permalink
from kizuna.engagement.discussions.rendering.thread import Part
from kizuna.engagement.discussions.views.outcome import SIGN_IN

QUOTED = 600  # characters of a post that a quotation takes over


def flags_of(
    viewer: Viewer, head: TopicRow, rows: list[PostRow], part: Part, *, after: int, order: str
) -> dict[str, bool | str]:
    """Return what decides the page's shape: the topic's state, and what this viewer may do to it as a whole."""
    topic: Any = head
    is_asker = head.author_id == viewer.member_id
    answered = any(row.author_id != head.author_id and row.number > 1 for row in rows)
    may_accept = policies.can_accept(viewer, topic)
    return {
        "has_rail": True,
        "is_question": head.space.is_question,
        "is_solved": bool(head.accepted_post_id),
        "is_pinned": head.is_pinned,
        "is_closed": head.is_closed,
        "is_asker": is_asker,
        "has_answers": bool(part.rest_count) or (head.space.is_question and after > 0),
        "has_orders": head.last_number <= PART and part.rest_count > 1,
        "order": order,
        "may_act": can_act(viewer),
        "may_accept": may_accept,
        "may_arrange": policies.can_arrange(viewer),
        "may_narrow": policies.can_narrow(viewer, topic),
        "may_change_status": policies.can_change_idea_status(viewer, topic),
        "may_make_article": bool(head.accepted_post_id) and can_act(viewer) and keeps_articles(viewer),
        "asks_solved": is_asker and answered and not head.accepted_post_id and may_accept,
    }


def words_of_topic(viewer: Viewer, head: TopicRow, part: Part, *, after: int, is_asker: bool) -> dict[str, Any]:
    """Return names, counts, addresses and the drawn posts."""
    space = head.space
    count = max(head.post_count - 1, 0)
    here = f"/t/{head.id}/"
    return {
        "topic_id": head.id,
        "title": head.title,
        "title_quoted": quote(head.title),
        "lang": head.lang,
        "space_slug": space.slug,
        "canonical": absolute_url(here),
        "crumbs": leaves.breadcrumb(((_("Home"), "/"), (space.name_in(viewer.language), space.url))),
        "tags": SafeString("".join(leaves.chip(tag, url=tag_url(tag)) for tag in head.tags)),
        "urgency": words.urgency_chip(head.urgency) if is_asker or viewer.is_staff else "",
        "narrowed": _narrowed(viewer, head),
        "opening": part.opening,
        "opening_reactions": part.opening_reactions,
        "opening_bookmark": part.opening_bookmark,
        "accepted": part.accepted,
        "accepted_number": head.accepted_number,
        "accepted_by": head.accepted_by,
        "accepted_at": leaves.moment(head.accepted_at, relative=False) if head.accepted_at else "",
        "took": words.duration(head.seconds_to_solve) if head.seconds_to_solve is not None else "",
        "rest": part.rest,
        "answers_count": answer_count(_answers(head, part, count)),
        "replies_count": reply_count(count),
        "close_reason": head.close_reason,
        "closed_at": leaves.moment(head.closed_at) if head.closed_at else "",
        "next_url": f"{here}?after={part.next_after}" if part.next_after else "",
        "previous_url": f"{here}?after={after - PART}" if after else "",
        "read_number": min(after + PART, head.last_number),
    }


def _narrowed(viewer: Viewer, head: TopicRow) -> str:
    """Return who alone may read a topic that has an audience of its own."""
    if head.own_audience_id is None:
        return ""
    name = page_audiences.name_for(viewer, head.own_audience_id)
    if not name:
        return _("Only some of those who may enter this space can read this topic.")
    return _("Only “%(audience)s” can read this topic.") % {"audience": name}


def words_of_unread(head: TopicRow, unread: int | None) -> dict[str, Any]:
    """Return how many posts this member has not read, and where they begin."""
    if not unread:
        return {"unread": "", "unread_text": ""}
    number = head.last_number - unread + 1
    text = ngettext(
        "There is %(number)s post you have not read.", "There are %(number)s posts you have not read.", number
    )
    return {"unread": unread, "unread_text": text % {"number": number}}


def words_of_idea(
    viewer: Viewer, head: TopicRow, steps: list[page_texts.StatusStep], *, has_voted: bool, csrf_token: str
) -> dict[str, Any]:
    """Return an idea's votes, where it stands and how it came there."""
    if not head.space.is_idea:
        return {}
    history = [
        {
            "label": words.idea_label(step.status),
            "at": leaves.moment(step.changed_at, relative=False),
            "name": step.changed_by,
            "note": step.note,
        }
        for step in steps
    ]
    official = next((step for step in history if step["note"]), {"name": "", "at": "", "note": ""})
    return {
        "vote": lists.vote(head, viewer, has_voted=has_voted, csrf_token=csrf_token),
        "status": words.idea_chip(head.idea_status),
        "history": render_to_string("discussions/_idea_history.html", {"history": history}) if history else "",
        **{f"official_{key}": official[key] for key in ("name", "at", "note")},
    }


def words_for_visitors(viewer: Viewer, head: TopicRow, posts: list[page_texts.PostText]) -> dict[str, Any]:
    """Return what search engines and previews read (they come as visitors), and the way to sign in."""
    if viewer.is_member:
        return {}
    opening = next((text for text in posts if text.number == 1), None)
    return {
        "description": markdown.excerpt(html.to_text(opening.html), limit=150) if opening else "",
        "json_ld": markup.of_topic(head, posts, base=absolute_url("/").rstrip("/")),
        "sign_in_url": f"{SIGN_IN}?next=/t/{head.id}/",
    }


def _answers(head: TopicRow, part: Part, count: int) -> int:
    """Return how many other answers there are: exact where one part shows them all, else with their remarks."""
    return part.rest_count if head.last_number <= PART else max(count - bool(head.accepted_post_id), 0)


def reply_editor_of(request: Request, controls: Controls, form: ReplyForm | None) -> str:
    """Return the reply editor: empty, with a refused reply, or with the post it answers and its quotation."""
    head = controls.topic
    if not controls.can_reply:
        return ""
    place = {
        "topic_id": head.id,
        "is_question": head.space.is_question,
        "after": controls.after,
        "csrf_token": controls.csrf_token,
    }
    answers = whole(str(form["reply_to"].value() or "") if form else request.GET.get("reply")) or 0
    if not answers and form is None:
        draft = controls.state.draft
        return reply_editor.fresh(language=controls.viewer.language, draft=draft, **place)
    parent = queries.post_for(controls.viewer, answers) if answers else None
    answered = {"name": parent.author.name, "url": permalink(head.id, parent.number)} if parent else None
    if form is not None or parent is None:
        return reply_editor.drawn(form=form or ReplyForm(), answered=answered, **place)
    text = _quotation(parent) if "quote" in request.GET else ""
    form = ReplyForm(initial={"reply_to": parent.pk, "body": text})
    draft = "" if text else controls.state.draft
    return reply_editor.drawn(form=form, draft=draft, answered=answered, **place)


def _quotation(post: Post) -> str:
    excerpt = markdown.excerpt(html.to_text(post.html), limit=QUOTED)
    return markdown.quote(excerpt, handle=post.author.handle, url=permalink(post.topic_id, post.number))


def tag_url(name: str) -> str:
    """Return the address of everything under a tag."""
    return f"/tags/{quote(name, safe='')}/"
