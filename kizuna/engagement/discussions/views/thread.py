"""The page of a topic."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.views.decorators.http import require_safe

from kizuna.base.components.patterns import render_page, token_of
from kizuna.base.components.visitors import same_for_visitors
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import can_act
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.actions import count_view
from kizuna.engagement.discussions.forms import ReplyForm
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.discussions.queries import page_texts, pages
from kizuna.engagement.discussions.queries.pages import PART, PostRow, ThreadState, TopicRow
from kizuna.engagement.discussions.rendering import thread
from kizuna.engagement.discussions.rendering.controls import Controls
from kizuna.engagement.discussions.rendering.slots import trusted
from kizuna.engagement.discussions.views import thread_context

TEMPLATES: dict[str, str] = {Space.Kind.QUESTION: "discussions/question.html", Space.Kind.IDEA: "discussions/idea.html"}


@require_safe
@same_for_visitors
def topic(request: Request, topic_id: int) -> HttpResponse:
    """Show one part of a topic; a member who has read a beginning lands at the first unread post."""
    viewer: Viewer = request.viewer
    head = pages.topic_head(viewer, topic_id)
    after = _asked_part(request, head)
    rows = pages.posts(viewer, head, after=after)
    state = pages.thread_state(viewer, topic_id, [row.id for row in rows]) if viewer.is_member else ThreadState()
    unread = first_unread(head, state)
    if unread and not request.GET:
        return HttpResponseRedirect(f"/t/{head.id}/?p={unread}#p-{unread}")
    count_view(topic_id=head.id)
    return show(request, Opened(head, rows, state, after, unread))


@require_safe
def slug(request: Request, topic_id: int, slug: str) -> HttpResponse:
    """Lead any address with words in it to the topic's own."""
    pages.topic_head(request.viewer, topic_id)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"/t/{topic_id}/{'?' if query else ''}{query}")


@dataclass
class Opened:
    """A part of a topic as one viewer opened it."""

    topic: TopicRow
    rows: list[PostRow]
    state: ThreadState
    after: int
    unread: int | None


def show(request: Request, opened: Opened, form: ReplyForm | None = None, status: int = 200) -> HttpResponse:
    """Draw the page; `form` holds a refused reply."""
    viewer: Viewer = request.viewer
    head = opened.topic
    token = token_of(request) if can_act(viewer) else ""
    controls = Controls(viewer, head, opened.state, token, after=opened.after, first_unread=opened.unread)
    order = _order(request, head)
    part = thread.put_together(opened.rows, controls, after=opened.after, order=order)
    texts = page_texts.of_topic(viewer, head)
    flags = thread_context.flags_of(viewer, head, opened.rows, part, after=opened.after, order=order)
    words = {
        "acts": trusted(controls.topic_acts()),
        **thread_context.words_of_topic(viewer, head, part, after=opened.after, is_asker=flags["is_asker"]),
        **thread_context.words_of_unread(head, opened.unread),
        **thread_context.words_of_idea(viewer, head, texts.history, has_voted=opened.state.has_voted, csrf_token=token),
        **thread_context.words_for_visitors(viewer, head, texts.posts),
        "reply": thread_context.reply_editor_of(request, controls, form),
    }
    template = TEMPLATES.get(head.space.kind, "discussions/discussion.html")
    return render_page(request, template, flags=flags, words=words, status=status)


def first_unread(head: TopicRow, state: ThreadState) -> int | None:
    """Return the number after the last one this member has seen, when there is one and they had begun."""
    if state.last_read is None or state.last_read >= head.last_number:
        return None
    if state.read_until is not None and head.bumped_at <= state.read_until:
        return None
    return state.last_read + 1


def opened_again(request: Request, topic_id: int, after: int) -> Opened:
    """Load a part as it was when its reader sent a form that was refused."""
    viewer: Viewer = request.viewer
    head = pages.topic_head(viewer, topic_id)
    rows = pages.posts(viewer, head, after=after)
    state = pages.thread_state(viewer, topic_id, [row.id for row in rows]) if viewer.is_member else ThreadState()
    return Opened(head, rows, state, after, None)


def _asked_part(request: Request, head: TopicRow) -> int:
    number = whole(request.GET.get("p"))
    if number:
        if number == head.accepted_number:
            return 0  # it stands below the question
        return pages.part_of(min(number, head.last_number))
    return min((whole(request.GET.get("after")) or 0) // PART * PART, pages.part_of(head.last_number))


def _order(request: Request, head: TopicRow) -> str:
    asked = request.GET.get("sort", "")
    if not head.space.is_question:
        return "old"
    if asked in thread.ORDERS:
        return asked
    # Sorting by use makes sense of one part; a longer thread reads in the order it was written.
    return "helpful" if head.last_number <= PART else "old"
