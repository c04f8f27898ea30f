"""What the templates of a topic are told, by subject."""

from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from kizuna.base.components import leaves
from kizuna.base.hosting.links import absolute_url
from kizuna.base.text import html, markdown
from kizuna.core.members.policies import can_act, can_moderate, keeps_articles
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies, queries
from kizuna.engagement.discussions.forms import ReplyForm
from kizuna.engagement.discussions.models import Post
from kizuna.engagement.discussions.queries import page_texts
from kizuna.engagement.discussions.queries.pages import PART, PostRow, TopicRow
from kizuna.engagement.discussions.rendering import markup, reply_editor, words
from kizuna.engagement.discussions.rendering.controls import Controls, answer_count, reply_count
from kizuna.engagement.discussions.rendering.posts import permalink
from kizuna.engagement.discussions.rendering.thread import Part
from kizuna.engagement.discussions.views.outcome import SIGN_IN

QUOTED = 600  # characters of a post that a quotation takes over


def of_topic(viewer: Viewer, head: TopicRow, part: Part, *, after: int, order: str) -> dict[str, Any]:
    """Return names, counts and addresses around the posts."""
    name = head.space.name_in(viewer.language)
    count = max(head.post_count - 1, 0)
    here = f"/t/{head.id}/"
    return {
        "space_name": name,
        "crumbs": [{"label": _("Home"), "url": "/"}, {"label": name, "url": head.space.url}],
        "tags": [{"name": tag, "url": tag_url(tag)} for tag in head.tags],
        "count": count,
        "answers_count": answer_count(_answers(head, part, count)),
        "replies_count": reply_count(count),
        "created": leaves.moment(head.created_at),
        "accepted_at": leaves.moment(head.accepted_at, relative=False) if head.accepted_at else "",
        "took": words.duration(head.seconds_to_solve) if head.seconds_to_solve is not None else "",
        "closed_at": leaves.moment(head.closed_at) if head.closed_at else "",
        "status": words.idea_chip(head.idea_status) if head.space.is_idea else "",
        "orders": [
            {"label": _("Most helpful"), "url": f"{here}?sort=helpful", "is_current": order == "helpful"},
            {"label": _("Newest"), "url": f"{here}?sort=new", "is_current": order == "new"},
        ],
        "next_url": f"{here}?after={part.next_after}" if part.next_after else "",
        "previous_url": f"{here}?after={after - PART}" if after else "",
        "is_first_part": after == 0,
        "read_number": min(after + PART, head.last_number),
    }


def _answers(head: TopicRow, part: Part, count: int) -> int:
    """Return how many other answers there are: exact where one part shows them all, else with their remarks."""
    return part.rest_count if head.last_number <= PART else max(count - bool(head.accepted_post_id), 0)


def of_permissions(viewer: Viewer, head: Any, rows: list[PostRow]) -> dict[str, Any]:
    """Return what this viewer may do to the topic as a whole."""
    is_asker = head.author_id == viewer.member_id
    answered = any(row.author_id != head.author_id and row.number > 1 for row in rows)
    insider = is_asker or viewer.is_staff
    return {
        "may_act": can_act(viewer),
        "may_reply": policies.can_reply(viewer, head),
        "may_accept": policies.can_accept(viewer, head),
        "may_arrange": policies.can_arrange(viewer),
        "may_moderate": can_moderate(viewer),
        "may_change_status": policies.can_change_idea_status(viewer, head),
        "may_make_article": bool(head.accepted_post_id) and can_act(viewer) and keeps_articles(viewer),
        "is_asker": is_asker,
        "asks_solved": is_asker and answered and not head.accepted_post_id and policies.can_accept(viewer, head),
        "urgency": words.urgency_chip(head.urgency) if insider else "",
    }


def of_reply(request: Request, controls: Controls, form: ReplyForm | None) -> dict[str, Any]:
    """Return the reply editor: empty, with a refused reply, or with the post it answers and its quotation."""
    head = controls.topic
    if not controls.can_reply:
        return {"reply": ""}
    place = {
        "topic_id": head.id,
        "is_question": head.space.is_question,
        "after": controls.after,
        "csrf_token": controls.csrf_token,
    }
    answers = _number(str(form["reply_to"].value() or "") if form else request.GET.get("reply", ""))
    if not answers and form is None:
        draft = controls.state.draft
        return {"reply": reply_editor.fresh(language=controls.viewer.language, draft=draft, **place)}
    parent = queries.post_for(controls.viewer, answers) if answers else None
    answered = {"name": parent.author.name, "url": permalink(head.id, parent.number)} if parent else None
    if form is not None or parent is None:
        return {"reply": reply_editor.drawn(form=form or ReplyForm(), answered=answered, **place)}
    text = _quotation(parent) if "quote" in request.GET else ""
    form = ReplyForm(initial={"reply_to": parent.pk, "body": text})
    draft = "" if text else controls.state.draft
    return {"reply": reply_editor.drawn(form=form, draft=draft, answered=answered, **place)}


def _quotation(post: Post) -> str:
    excerpt = markdown.excerpt(html.to_text(post.html), limit=QUOTED)
    return markdown.quote(excerpt, handle=post.author.handle, url=permalink(post.topic_id, post.number))


def of_texts(request: Request, head: TopicRow) -> dict[str, Any]:
    """Return an idea's history, and what search engines and previews read: they come as visitors."""
    viewer: Viewer = request.viewer
    texts = page_texts.of_topic(viewer, head)
    canonical = absolute_url(f"/t/{head.id}/")
    described: dict[str, Any] = {"canonical": canonical, "history": _history(texts.history)}
    described["official"] = next((step for step in described["history"] if step["note"]), None)
    if not viewer.is_member:
        opening = next((text for text in texts.posts if text.number == 1), None)
        described["description"] = markdown.excerpt(html.to_text(opening.html), limit=150) if opening else ""
        described["json_ld"] = markup.of_topic(head, texts.posts, base=canonical.partition("/t/")[0])
        described["sign_in_url"] = f"{SIGN_IN}?next=/t/{head.id}/"
    return described


def _history(steps: list[page_texts.StatusStep]) -> list[dict[str, Any]]:
    return [
        {
            "label": words.idea_label(step.status),
            "at": leaves.moment(step.changed_at, relative=False),
            "name": step.changed_by,
            "note": step.note,
        }
        for step in steps
    ]


def tag_url(name: str) -> str:
    """Return the address of everything under a tag."""
    return f"/tags/{quote(name, safe='')}/"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
