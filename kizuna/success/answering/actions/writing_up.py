"""Make of what many asked an article, or a question of the community with its answer: in our words, without anybody's name."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kizuna.base.text import markdown
from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, Viewer
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.engagement.discussions.policies import can_accept
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.engagement.knowledge.models import Article
from kizuna.success.answering import activities, policies
from kizuna.success.answering.queries.redacting import left_in
from kizuna.success.inbox.models import Inquiry

LONGEST_TITLE = 150


def require_anonymous(names: Sequence[str], **texts: str) -> None:
    """Raise Refused with the field in which a name, an address or a number of a customer stands."""
    for field, text in texts.items():
        if told := left_in(text, names):
            words = ", ".join(dict.fromkeys(told[:5]))
            raise Refused(_("This still says who asked: %(words)s") % {"words": words}, field=field, code="names")


@transaction.atomic
def write_faq(
    *, viewer: Viewer, about: Inquiry, title: str, answer: str, names: Sequence[str], count: int, now: datetime
) -> Article:
    """Keep a draft of an FAQ entry for members; it is shown to nobody before an editor publishes it."""
    policies.require_worker(viewer)
    _require_filled(title=title, answer=answer)
    require_anonymous(names, title=title, answer=answer)
    content = knowledge.Content(
        title=title.strip()[:LONGEST_TITLE],
        body=answer.strip(),
        audience_id=MEMBERS,
        kind=Article.Kind.FAQ,
        short_answer=markdown.excerpt(markdown.to_text(answer), limit=120),
        source=("inquiry", about.pk),
    )
    article = knowledge.write_article(viewer=viewer, content=content, now=now)
    _tell(viewer, about, {"article": article.pk, "count": count}, now)
    return article


@transaction.atomic
def post_answered(
    *,
    viewer: Viewer,
    about: Inquiry,
    space: Space,
    title: str,
    question: str,
    answer: str,
    names: Sequence[str],
    count: int,
    now: datetime,
) -> Topic:
    """Post a question with its answer, both in the name of whoever posts; accepted where that is allowed."""
    policies.require_worker(viewer)
    _require_filled(title=title, question=question, answer=answer)
    require_anonymous(names, title=title, question=question, answer=answer)
    if space.kind != Space.Kind.QUESTION:
        raise Refused(_("Please choose from the list."), field="space")
    topic = discussions.open_topic(
        viewer=viewer, space=space, title=title, body=question, now=now, draft_context=f"inquiry:{about.pk}:question"
    )
    post = discussions.post_reply(
        viewer=viewer, topic=topic, body=answer, now=now, draft_context=f"inquiry:{about.pk}:question"
    )
    topic.refresh_from_db()
    if can_accept(viewer, topic) and post.state == State.VISIBLE:
        discussions.accept_answer(viewer=viewer, topic=topic, post=post, now=now)
    _tell(viewer, about, {"topic": topic.pk, "count": count}, now)
    return topic


def _require_filled(**texts: str) -> None:
    for field, text in texts.items():
        if not text.strip():
            raise Refused(_("Please fill this in."), field=field, code="empty")


def _tell(viewer: Viewer, about: Inquiry, props: dict[str, int], now: datetime) -> None:
    record(
        activities.GROUP_WRITTEN_UP,
        actor_id=viewer.member_id,
        object_type="inquiry",
        object_id=about.pk,
        at=now,
        props=props,
    )
