"""Write, publish, change, review and rate articles; import frequent questions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kizuna.base.text import html as text_html
from kizuna.base.text import japanese, markdown
from kizuna.base.text.lines import one_line
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record, record_imported
from kizuna.core.activity.types import ActivityType
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.files import actions as files
from kizuna.core.files.queries import keys_in
from kizuna.core.members.policies import Refused, can_manage, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import actions as search
from kizuna.engagement.knowledge import activities, policies, queries
from kizuna.engagement.knowledge.models import Article, ArticleFeedback, ArticleRevision, Category

TARGET = "article"
IMPORT_CHUNK = 1000
MAX_TAGS = 10


@dataclass(frozen=True)
class Content:
    """What a writer fills in."""

    title: str
    body: str
    audience_id: int
    kind: str = Article.Kind.ARTICLE
    short_answer: str = ""
    category_id: int | None = None
    tags: tuple[str, ...] = ()
    owner_id: int | None = None
    review_on: date | None = None
    source: tuple[str, int] | None = field(default=None)


@transaction.atomic
def write_article(*, viewer: Viewer, content: Content, now: datetime) -> Article:
    """Keep a new draft."""
    policies.require_editor(viewer)
    _require_audience(viewer, content.audience_id)
    article = Article(created_by_id=viewer.member_id, created_at=now)
    _fill(article, content, now=now)
    article.owner_id = content.owner_id or viewer.member_id
    article.source_type, article.source_id = content.source or ("", None)
    article.save()
    _keep_files(article, viewer)
    return article


@transaction.atomic
def change_article(
    *, viewer: Viewer, article: Article, content: Content, now: datetime, opened: Opened | None = None
) -> Article:
    """Change a draft or a published article; what it was is kept as a revision. Sent twice it is changed once.

    Raises Overtaken where somebody else changed what the form was `opened` on.
    """
    policies.require_editor(viewer)
    _require_audience(viewer, content.audience_id)
    article = Article.objects.select_for_update().get(pk=article.pk)
    before = queries.shown_of(article)
    revision = ArticleRevision(
        article=article,
        title=article.title,
        short_answer=article.short_answer,
        body=article.body,
        edited_by_id=viewer.member_id,
        edited_at=now,
    )
    _fill(article, content, now=now)
    article.owner_id = content.owner_id
    if queries.shown_of(article) == before:
        return article
    require_unchanged(opened, before, lambda after: queries.changes_after(article, after=after))
    revision.save()
    article.save()
    _keep_files(article, viewer)
    if article.is_published:
        _after_change(article, activities.ARTICLE_CHANGED, viewer=viewer, now=now)
    return article


@transaction.atomic
def publish_article(*, viewer: Viewer, article: Article, now: datetime) -> None:
    """Show a draft or archived article to its audience."""
    policies.require_editor(viewer)
    article = Article.objects.select_for_update().get(pk=article.pk)
    if article.is_published:
        return
    article.state = Article.State.PUBLISHED
    article.published_at = article.published_at or now
    article.save(update_fields=["state", "published_at"])
    _after_change(article, activities.ARTICLE_PUBLISHED, viewer=viewer, now=now, source=article.source_id)


@transaction.atomic
def archive_article(*, viewer: Viewer, article: Article, now: datetime) -> None:
    """Take an article out of sight; nothing is lost and it can be published again."""
    policies.require_editor(viewer)
    if (
        not Article.objects.filter(pk=article.pk)
        .exclude(state=Article.State.ARCHIVED)
        .update(state=Article.State.ARCHIVED)
    ):
        return
    search.remove(target_type=TARGET, target_id=article.pk)
    _record(activities.ARTICLE_ARCHIVED, article, viewer=viewer, now=now, kind=article.kind)
    bump_generation(CONTENT)


@transaction.atomic
def confirm_article(*, viewer: Viewer, article: Article, review_on: date, now: datetime) -> None:
    """Say that an article still holds, and when to look again."""
    policies.require_editor(viewer)
    require(review_on > now.date(), _("Please choose a day in the future."))
    Article.objects.filter(pk=article.pk).update(review_on=review_on)
    _record(activities.ARTICLE_REVIEWED, article, viewer=viewer, now=now)


@transaction.atomic
def rate_article(
    *,
    viewer: Viewer,
    article: Article,
    is_solved: bool,
    now: datetime,
    reason: str = "",
    comment: str = "",
    visitor_key: str = "",
) -> ArticleFeedback:
    """Keep a reader's answer. Visitors may answer too; `visitor_key` tells one from another without naming them."""
    if viewer.is_view_as or (not viewer.is_member and not visitor_key):
        raise Refused(_("Your answer could not be kept."))
    if reason and reason not in ArticleFeedback.Reason:
        raise Refused(_("Please choose from the list."), field="reason")
    who: dict[str, Any] = (
        {"member_id": viewer.member_id} if viewer.is_member else {"member": None, "visitor_key": visitor_key}
    )
    before = ArticleFeedback.objects.select_for_update().filter(article=article, **who).first()
    values = {
        "is_solved": is_solved,
        "reason": "" if is_solved else reason,
        "comment": "" if is_solved else comment.strip()[:1000],
        "at": now,
    }
    feedback, _created = ArticleFeedback.objects.update_or_create(article=article, **who, defaults=values)
    _count(article, was=before.is_solved if before else None, is_solved=is_solved)
    if before is None or before.is_solved != is_solved:
        _record(activities.ARTICLE_RATED, article, viewer=viewer, now=now, is_solved=is_solved, reason=feedback.reason)
    return feedback


@transaction.atomic
def note_views(*, counts: dict[int, int]) -> None:
    """Add page views that were counted in memory."""
    for article_id, number in sorted(counts.items()):
        Article.objects.filter(pk=article_id).update(view_count=F("view_count") + number)


@transaction.atomic
def save_category(
    *, viewer: Viewer, name: dict[str, str], position: int = 0, category_id: int | None = None
) -> Category:
    """Make or rename a category."""
    policies.require_editor(viewer)
    if category_id is not None:
        Category.objects.filter(pk=category_id).update(name=name, position=position)
        return Category.objects.get(pk=category_id)
    return category_named(name)


def category_named(name: dict[str, str]) -> Category:
    """Return the category of that name, made when it is new."""
    slug = slugify(name.get("ja") or name.get("en", ""), allow_unicode=True)[:60] or "other"
    category, _created = Category.objects.get_or_create(slug=slug, defaults={"name": name})
    return category


@transaction.atomic
def import_articles(
    *, viewer: Viewer, rows: Iterable[dict[str, Any]], import_id: int, audience_id: int, now: datetime
) -> dict[str, int]:
    """Publish frequent questions; those known by their external id are left alone. Returns {external id: article id}.

    A row has `external_id`, `title`, `body`, and perhaps `category`, `tags`, `created_at`. At most 1,000 a call.
    """
    require(can_manage(viewer), _("Only owners and admins may do this."))
    wanted = {row["external_id"]: row for row in rows}
    if len(wanted) > IMPORT_CHUNK:
        raise ValueError(f"At most {IMPORT_CHUNK} articles a call.")
    known = set(Article.objects.filter(external_id__in=wanted).values_list("external_id", flat=True))
    new = [_imported(row, viewer, audience_id, import_id, now) for key, row in wanted.items() if key not in known]
    Article.objects.bulk_create(new)
    search.index_many([search_row(article) for article in new])
    record_imported(
        (
            (
                activities.ARTICLE_PUBLISHED,
                {
                    "actor_id": viewer.member_id,
                    "object_type": TARGET,
                    "object_id": article.pk,
                    "at": article.published_at,
                    "props": {"kind": article.kind},
                },
            )
            for article in new
        ),
        import_id=import_id,
    )
    bump_generation(CONTENT)
    return {article.external_id: article.pk for article in new}


@transaction.atomic
def import_feedback(*, viewer: Viewer, article: Article, rows: Iterable[dict[str, Any]], import_id: int) -> int:
    """Keep readers' answers given elsewhere: the many-form of `rate_article`. Returns how many are new.

    A row has `visitor_key`, `is_solved`, `at`, and perhaps `reason`. At most 1,000 a call.
    """
    require(can_manage(viewer), _("Only owners and admins may do this."))
    wanted = {row["visitor_key"]: row for row in rows}
    if len(wanted) > IMPORT_CHUNK:
        raise ValueError(f"At most {IMPORT_CHUNK} answers a call.")
    known = ArticleFeedback.objects.filter(article=article, visitor_key__in=wanted).values_list(
        "visitor_key", flat=True
    )
    for key in known:
        del wanted[key]
    new = [
        ArticleFeedback(
            article=article,
            visitor_key=key,
            is_solved=row["is_solved"],
            reason="" if row["is_solved"] else row.get("reason", ""),
            at=row["at"],
        )
        for key, row in wanted.items()
    ]
    ArticleFeedback.objects.bulk_create(new)
    solved = sum(feedback.is_solved for feedback in new)
    Article.objects.filter(pk=article.pk).update(
        solved_count=F("solved_count") + solved, unsolved_count=F("unsolved_count") + len(new) - solved
    )
    record_imported((_rated(feedback) for feedback in new), import_id=import_id)
    return len(new)


def _rated(feedback: ArticleFeedback) -> tuple[ActivityType, dict[str, Any]]:
    props = {"is_solved": feedback.is_solved, "reason": str(feedback.reason)}
    fields = {
        "actor_id": None,
        "object_type": TARGET,
        "object_id": feedback.article_id,
        "at": feedback.at,
        "props": props,
    }
    return activities.ARTICLE_RATED, fields


def search_row(article: Article) -> dict[str, Any]:
    """Return the search row of a published article. The short answer stands first in its body."""
    return {
        "target_type": TARGET,
        "target_id": article.pk,
        "parent_id": article.pk,
        "kind": article.kind,
        "title": article.title,
        "body": f"{article.short_answer}\n{text_html.to_text(article.html)}".strip(),
        "tags": article.tags,
        "author_id": article.owner_id,
        "audience_id": article.audience_id,
        "container_audience_id": article.audience_id,
        "created_at": article.updated_at,
        "is_solved": False,
        "votes": article.solved_count,
        "lang": article.lang,
        "space": article.category.slug if article.category else "",
        "url": f"/k/{article.pk}/",
        "external_id": article.external_id,
    }


def _imported(row: dict[str, Any], viewer: Viewer, audience_id: int, import_id: int, now: datetime) -> Article:
    at = row.get("created_at") or now
    article = Article(
        external_id=row["external_id"],
        import_id=import_id,
        state=Article.State.PUBLISHED,
        created_by_id=viewer.member_id,
        owner_id=row.get("owner_id", viewer.member_id),
        created_at=at,
        published_at=at,
    )
    category = category_named({"ja": row["category"]}) if row.get("category") else None
    content = Content(
        title=row["title"],
        body=row["body"],
        audience_id=audience_id,
        kind=row.get("kind", Article.Kind.FAQ),
        short_answer=row.get("short_answer", ""),
        category_id=category.pk if category else None,
        tags=tuple(row.get("tags", ())),
    )
    _fill(article, content, now=at)
    return article


def forget_reader(*, member_id: int) -> int:
    """Take the words out of what an erased member said about articles; return of how many answers."""
    said = ArticleFeedback.objects.filter(member_id=member_id).exclude(comment="")
    return said.update(comment="")


def _fill(article: Article, content: Content, *, now: datetime) -> None:
    title = " ".join(one_line(content.title).split())
    if not title:
        raise Refused(_("Please enter a title."), field="title")
    try:
        body = content.body.replace("\r\n", "\n")  # as browsers send it
        document = markdown.document(body, top_heading=2)
    except markdown.TooLong as error:
        raise Refused(_("The text is too long. Please shorten it or split it in two."), field="body") from error
    article.title = title[:200]
    article.short_answer = content.short_answer.strip()[:500]
    article.body, article.html = body, document.html
    article.lang = japanese.lang_of(f"{title}\n{document.text}")
    article.kind, article.audience_id = content.kind, content.audience_id
    article.category_id, article.review_on = content.category_id, content.review_on
    article.tags = list(dict.fromkeys(tag.strip()[:40] for tag in content.tags if tag.strip()))[:MAX_TAGS]
    article.updated_at = now


def _require_audience(viewer: Viewer, audience_id: int) -> None:
    if audience_id not in viewer.audience_ids:
        raise Refused(_("Please choose from the list."), field="audience")


def _keep_files(article: Article, viewer: Viewer) -> None:
    place = {"target_type": TARGET, "target_id": article.pk}
    who = {"audience_id": article.audience_id, "container_audience_id": article.audience_id}
    files.attach(keys=keys_in(article.body), uploader_id=viewer.member_id, **place, **who)
    files.change_audience(target_type=TARGET, target_ids=[article.pk], **who)


def _after_change(article: Article, what: ActivityType, *, viewer: Viewer, now: datetime, **props: Any) -> None:
    search.index(**search_row(article))
    _record(what, article, viewer=viewer, now=now, kind=article.kind, **props)
    bump_generation(CONTENT)


def _record(what: ActivityType, article: Article, *, viewer: Viewer, now: datetime, **props: Any) -> None:
    record(what, actor_id=viewer.member_id, object_type=TARGET, object_id=article.pk, at=now, props=props)


def _count(article: Article, *, was: bool | None, is_solved: bool) -> None:
    if was == is_solved:
        return
    changes: dict[str, Any] = {}
    if was is not None:
        column = "solved_count" if was else "unsolved_count"
        changes[column] = F(column) - 1
    column = "solved_count" if is_solved else "unsolved_count"
    changes[column] = F(column) + 1
    Article.objects.filter(pk=article.pk).update(**changes)
