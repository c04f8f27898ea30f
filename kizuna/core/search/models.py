"""The rows of the index, their texts, and what people searched for. The index itself is a table of the engine (`engines`)."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SearchRow(models.Model):
    """What is found: narrow, so that thousands can be joined and tested for visibility per search."""

    target_type = models.CharField(max_length=20)
    target_id = models.BigIntegerField()
    # Rows with one parent are one result: the posts of a topic. Others are their own parent.
    parent_type = models.CharField(max_length=20)
    parent_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=60, blank=True, default="")  # slug of the space or category
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+", db_index=False)
    container_audience = models.ForeignKey(
        "members.Audience", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    is_solved = models.BooleanField(default=False)
    votes = models.IntegerField(default=0)
    lang = models.CharField(max_length=8, default="ja")
    word_count = models.PositiveIntegerField(default=0)
    letter_count = models.PositiveIntegerField(default=0)
    needs_vector = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target_type", "target_id"], name="search_row_target_once")]
        indexes = [
            models.Index(fields=["parent_type", "parent_id"], name="search_row_parent"),
            models.Index(fields=["id"], name="search_row_vectorless", condition=Q(needs_vector=True)),
        ]

    def __str__(self) -> str:
        return f"{self.target_type} {self.target_id}"


class SearchText(models.Model):
    """The texts of a row: as shown, as words and as folded letters (`base.text.tokens`)."""

    row = models.OneToOneField(SearchRow, on_delete=models.CASCADE, primary_key=True, related_name="text")
    title = models.CharField(max_length=400, blank=True, default="")
    body = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list)
    url = models.CharField(max_length=400, blank=True, default="")
    external_id = models.CharField(max_length=200, blank=True, default="")
    title_words = models.TextField(blank=True, default="")
    body_words = models.TextField(blank=True, default="")
    title_letters = models.TextField(blank=True, default="")
    body_letters = models.TextField(blank=True, default="")
    tokens_version = models.CharField(max_length=60)


class Search(models.Model):
    """One search as typed. The member is kept to count people, and shown to nobody."""

    class Source(models.TextChoices):
        PAGE = "page"
        ASKING = "asking"
        API = "api"

    text = models.CharField(max_length=400)
    folded = models.CharField(max_length=400)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    result_count = models.PositiveIntegerField()
    # Whether something really fits; near misses are shown but count as found in vain.
    has_answer = models.BooleanField()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PAGE)
    is_solved = models.BooleanField(null=True)  # the person's own answer to "Did you find it?"

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="search_at"),
            models.Index(fields=["at"], name="search_in_vain", condition=Q(has_answer=False)),
        ]
        verbose_name_plural = "searches"
