"""Tables of articles, their revisions and what readers said."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


def _member(**options: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", **options
    )


class Category(models.Model):
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    name = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.slug


class Article(models.Model):
    class Kind(models.TextChoices):
        ARTICLE = "article"
        FAQ = "faq"

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        ARCHIVED = "archived"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ARTICLE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=200)
    short_answer = models.CharField(max_length=500, blank=True, default="")
    body = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    lang = models.CharField(max_length=5, default="ja")
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL, related_name="+")
    tags = models.JSONField(default=list)
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    owner = _member()
    created_by = _member()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    # What it was made from: a declared target, so that this app need not know discussions.
    source_type = models.CharField(max_length=40, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    solved_count = models.PositiveIntegerField(default=0)
    unsolved_count = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    external_id = models.CharField(max_length=120, blank=True, default="")
    import_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="article_external_id_once", condition=~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["state", "category", "title"], name="article_category"),
            models.Index(F("updated_at").desc(), name="article_updated"),
            models.Index(fields=["review_on"], name="article_review", condition=Q(state="published")),
            models.Index(fields=["source_type", "source_id"], name="article_source"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class ArticleRevision(models.Model):
    """An article as it was before a change."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    short_answer = models.CharField(max_length=500, blank=True, default="")
    body = models.TextField(blank=True, default="")
    edited_by = _member()
    edited_at = models.DateTimeField()


class ArticleFeedback(models.Model):
    """A reader's answer to "Did this solve it?". A second answer of the same reader replaces the first."""

    class Reason(models.TextChoices):
        STEPS_FAIL = "steps_fail"
        NOT_FOUND = "not_found"
        OTHER_SUBJECT = "other_subject"
        HARD_WORDS = "hard_words"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    visitor_key = models.CharField(max_length=32, blank=True, default="")
    is_solved = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True, default="")
    comment = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "member"], name="article_feedback_member_once", condition=Q(member__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["article", "visitor_key"], name="article_feedback_visitor_once", condition=~Q(visitor_key="")
            ),
        ]
        indexes = [models.Index(fields=["article", "-at"], name="article_feedback_article")]
