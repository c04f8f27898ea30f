"""The editor below a topic. Its markup is the same for everybody of one language, so it is drawn once per process and
filled; a refused reply is drawn in full, with its errors."""

from functools import cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import override

from kizuna.engagement.discussions.forms import ReplyForm
from kizuna.engagement.discussions.rendering.slots import fill, trusted

TEMPLATE = "discussions/_reply.html"


def fresh(*, language: str, topic_id: int, is_question: bool, after: int, csrf_token: str, draft: str) -> SafeString:
    """Return an editor without text, or with the member's draft."""
    values = {
        "topic": str(topic_id),
        "after": str(after),
        "token": escape(csrf_token),
        "draft": escape(draft),
    }
    return trusted(fill(_blank(language, is_question, bool(draft)), values))


def drawn(
    *,
    form: ReplyForm,
    topic_id: int,
    is_question: bool,
    after: int,
    csrf_token: str,
    draft: str = "",
    answered: dict[str, str] | None = None,
) -> SafeString:
    """Return an editor with a text: a refused one with its errors, or a quotation."""
    context = {
        "form": form,
        "topic_id": topic_id,
        "is_question": is_question,
        "after": after,
        "csrf_token": csrf_token,
        "draft": draft,
        "context": f"topic:{topic_id}",
        "answered": answered,
    }
    return trusted(render_to_string(TEMPLATE, context))


@cache
def _blank(language: str, is_question: bool, has_draft: bool) -> str:
    slot = {name: trusted(f"<!--k:{name}-->") for name in ("topic", "after", "token", "draft")}
    context = {
        "form": ReplyForm(),
        "topic_id": slot["topic"],
        "is_question": is_question,
        "after": slot["after"],
        "csrf_token": slot["token"],
        "draft": slot["draft"] if has_draft else "",
        "context": trusted("topic:<!--k:topic-->"),
    }
    with override(language):
        return render_to_string(TEMPLATE, context)
