"""What knowledge holds about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.engagement.knowledge.actions import forget_reader
from kizuna.engagement.knowledge.models import Article, ArticleFeedback


def articles(*, person: Person) -> Iterator[Any]:
    """Yield the articles that the member began."""
    rows = Article.objects.filter(created_by_id=person.member_id or 0).order_by("id")
    yield from rows.values("id", "title", "short_answer", "body", "created_at").iterator(chunk_size=200)


def feedback(*, person: Person) -> Iterator[Any]:
    """Yield the member's answers to whether an article solved it."""
    rows = ArticleFeedback.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("article_id", "is_solved", "reason", "comment", "at")


def forget_feedback(*, person: Person, now: datetime) -> Erased:
    """Take the words out of the member's answers; yes and no stay in the counts."""
    if person.member_id is None:
        return Erased()
    removed = forget_reader(member_id=person.member_id)
    return Erased(removed=removed, kept=Article.objects.filter(created_by_id=person.member_id).count())


ARTICLES = PersonalData("knowledge.articles", _("Articles"), ("knowledge.Article.created_by",), articles)
FEEDBACK = PersonalData(
    "knowledge.feedback",
    _("Answers about articles"),
    ("knowledge.ArticleFeedback.member",),
    feedback,
    erase=forget_feedback,
    kept_because=_("Articles belong to the community and name no author."),
)
KEEPERS = PersonalExempt(
    "knowledge.keepers",
    covers=("knowledge.Article.owner", "knowledge.ArticleRevision.edited_by"),
    reason="Says which member keeps an article; an erased member's row has no name any more.",
)
