"""A post: Markdown source, its cached HTML, and its viewer-independent fragment."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.engagement.discussions.models.topic import State, Topic


class Post(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="posts")
    # 1 is the opening post; numbers are given once and never again.
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reply_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField()
    html = models.TextField()
    render_version = models.PositiveSmallIntegerField(default=0)
    lang = models.CharField(max_length=5, default="ja")
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    container_audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.VISIBLE)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    is_staff = models.BooleanField(default=False)  # written in a staff role: carries the 運営 mark for good
    reaction_counts = models.JSONField(default=dict)  # {"thanks": 3}
    thanks_count = models.PositiveIntegerField(default=0)
    external_id = models.CharField(max_length=120, blank=True, default="")
    fragment_ja = models.TextField(blank=True, default="")
    fragment_en = models.TextField(blank=True, default="")
    # "TEMPLATE.AUTHOR_CARD": what the fragments were made from. Another value means: render again when read.
    fragment_version = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="post_number_once"),
            models.UniqueConstraint(fields=["external_id"], name="post_external_id_once", condition=~Q(external_id="")),
        ]
        indexes = [
            models.Index(fields=["author", "-created_at"], name="post_author"),
            models.Index(fields=["created_at"], name="post_created"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}/{self.number}"


class PostRevision(models.Model):
    """A body as it was before an edit."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    title = models.CharField(max_length=200, blank=True, default="")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    edited_at = models.DateTimeField()


class PostRemoval(models.Model):
    """Who took a post away, when and why; ended by an undo."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=500, blank=True, default="")
    restored_at = models.DateTimeField(null=True)
    restored_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class Reaction(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "member", "word"], name="reaction_once")]
        indexes = [models.Index(fields=["member", "-created_at"], name="reaction_member")]


class Mention(models.Model):
    """A member called by name in a post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="mention_once")]
        indexes = [models.Index(fields=["member", "-created_at"], name="mention_member")]
