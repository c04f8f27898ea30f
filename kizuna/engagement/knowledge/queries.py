"""Articles a viewer may see, and the lists that keep them fresh."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.http import Http404

from kizuna.base.registry import Material, Target, by_name
from kizuna.base.text.japanese import fold
from kizuna.base.web.opened import Change, Opened
from kizuna.core.members.policies import keeps_articles
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.queries import SearchedText, searches_without_result
from kizuna.engagement.knowledge.models import Article, ArticleFeedback, ArticleRevision, Category

PAGE = 30
SMALL_SAMPLE = 50
SOON = timedelta(days=14)
VAIN_DAYS = 30
VAIN_SHOWN = 40
SHOWN = (
    "title", "kind", "short_answer", "body", "category_id", "tags", "audience_id", "owner_id", "review_on",
)  # fmt: skip


def articles_visible_to(viewer: Viewer) -> QuerySet[Article]:
    """Return published articles of the viewer's audiences; those who keep articles see drafts and archived ones too."""
    visible = Article.objects.filter(audience_id__in=viewer.audience_ids)
    return visible if keeps_articles(viewer) else visible.filter(state=Article.State.PUBLISHED)


def article_for(viewer: Viewer, article_id: int) -> Article:
    """Return the article, or raise Http404 when it is not there for this viewer."""
    article = articles_visible_to(viewer).select_related("category", "owner").filter(pk=article_id).first()
    if article is None:
        raise Http404
    return article


def published(viewer: Viewer, *, category: Category | None = None) -> QuerySet[Article]:
    """Return what readers find: published ones only, for staff too, by category and title."""
    found = articles_visible_to(viewer).filter(state=Article.State.PUBLISHED)
    if category is not None:
        found = found.filter(category=category)
    return found.order_by("title", "id")


def categories_with_counts(viewer: Viewer) -> list[tuple[Category, int]]:
    """Return the categories that hold something for this viewer."""
    counts = dict(published(viewer).order_by().values_list("category_id").annotate(Count("id")))
    return [(category, counts[category.pk]) for category in Category.objects.all() if category.pk in counts]


def most_helpful(viewer: Viewer, *, limit: int) -> list[Article]:
    """Return the articles that most readers said solved it."""
    return list(published(viewer).order_by("-solved_count", "-view_count", "id")[:limit])


def related(viewer: Viewer, article: Article, *, limit: int) -> list[Article]:
    """Return articles of the same category, most helpful first."""
    found = published(viewer).filter(category_id=article.category_id).exclude(pk=article.pk)
    return list(found.order_by("-solved_count", "id")[:limit])


def source_of(viewer: Viewer, article: Article) -> dict[str, str] | None:
    """Return title and address of what the article was made from, if the viewer may see that."""
    return target_line(viewer, article.source_type, article.source_id)


def target_line(viewer: Viewer, target_type: str, target_id: int | None) -> dict[str, str] | None:
    target = by_name(Target, target_type)
    if target is None or target_id is None:
        return None
    row = target.visible(viewer=viewer, ids=[target_id]).get(target_id)
    return {"title": target.title(row=row), "url": target.url(row=row)} if row is not None else None


def material_from(viewer: Viewer, target_type: str, target_id: int) -> Material:
    """Return what an article from this target begins with. Raises Http404 when there is nothing to begin with."""
    target = by_name(Target, target_type)
    row = target.visible(viewer=viewer, ids=[target_id]).get(target_id) if target else None
    material = target.material(row=row) if target and target.material and row is not None else None
    if material is None:
        raise Http404
    return material


def shown_of(article: Article) -> dict[str, Any]:
    """Return what the form of an article shows of it."""
    return {name: getattr(article, name) for name in SHOWN}


def article_opened(article: Article) -> Opened:
    """Return what the form of an article is opened on."""
    last = ArticleRevision.objects.filter(article=article).order_by("-pk").values_list("pk", flat=True).first()
    return Opened.on(shown_of(article), number=last)


def changes_after(article: Article, *, after: int) -> list[Change]:
    """Return who changed an article after a change, the latest first."""
    rows = ArticleRevision.objects.filter(article=article, pk__gt=after).select_related("edited_by").order_by("-pk")
    return [Change(row.edited_by.name if row.edited_by else "", row.edited_at) for row in rows[:20]]


def revisions_of(article: Article) -> list[ArticleRevision]:
    return list(ArticleRevision.objects.select_related("edited_by").filter(article=article).order_by("-id")[:50])


def own_feedback(viewer: Viewer, article: Article) -> ArticleFeedback | None:
    if not viewer.is_member:
        return None
    return ArticleFeedback.objects.filter(article=article, member_id=viewer.member_id).first()


def comments_on(article: Article) -> list[ArticleFeedback]:
    """Return what readers wrote, newest first; for those who keep the article."""
    said = ArticleFeedback.objects.select_related("member").filter(article=article, is_solved=False)
    return list(said.order_by("-at")[:30])


def to_review(viewer: Viewer, *, today: date) -> list[Article]:
    """Return published articles past or near their review date, or without an owner, or that mostly do not help."""
    stale = (
        Q(review_on__lte=today + SOON)
        | Q(owner__isnull=True)
        | Q(unsolved_count__gte=5, unsolved_count__gt=F("solved_count"))
    )
    found = articles_visible_to(viewer).filter(stale, state=Article.State.PUBLISHED).select_related("owner", "category")
    overdue_first = Case(When(review_on__lt=today, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(found.order_by(overdue_first, "review_on", "-unsolved_count", "id")[:100])


def counts(viewer: Viewer, *, today: date) -> dict[str, Any]:
    """Return the figures above the staff lists."""
    return articles_visible_to(viewer).aggregate(
        published=Count("id", filter=Q(state=Article.State.PUBLISHED)),
        drafts=Count("id", filter=Q(state=Article.State.DRAFT)),
        overdue=Count("id", filter=Q(state=Article.State.PUBLISHED, review_on__lt=today)),
    )


def frequent_reasons(article_ids: list[int]) -> dict[int, tuple[str, int]]:
    """Return for each article the reason readers gave most often, with its count."""
    rows = (
        ArticleFeedback.objects.filter(article_id__in=article_ids, is_solved=False)
        .exclude(reason="")
        .values_list("article_id", "reason")
        .annotate(Count("id"))
        .order_by("article_id", "-id__count")
    )
    found: dict[int, tuple[str, int]] = {}
    for article_id, reason, count in rows:
        found.setdefault(article_id, (reason, count))
    return found


def searched_in_vain(*, limit: int = VAIN_SHOWN, now: datetime) -> list[SearchedText]:
    """Return what was searched in vain, has found nothing since and was not written as an article meanwhile."""
    rows = searches_without_result(days=VAIN_DAYS, limit=limit, now=now)
    recent = Article.objects.filter(state=Article.State.PUBLISHED, created_at__gte=now - timedelta(days=VAIN_DAYS))
    written = {fold(title): at for title, at in recent.order_by("created_at").values_list("title", "created_at")}
    return [row for row in rows if not (at := written.get(fold(row.query))) or at < row.last_at]
