"""A topic: a title and its posts. Counters and dates are kept on write, so that lists never count."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.engagement.discussions.models.space import Space


class State(models.TextChoices):
    """Three removals that are never mixed up, and one waiting room."""

    VISIBLE = "visible"
    HELD = "held"  # a word rule or a moderator asked for a look first
    DELETED = "deleted"  # by its author
    HIDDEN = "hidden"  # by staff
    ERASED = "erased"


class Tag(models.Model):
    name = models.CharField(max_length=40)
    # Folded form: one tag for サーバ and サーバー.
    key = models.CharField(max_length=60, unique=True)
    topic_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class IdeaStatus(models.TextChoices):
    """Where an idea stands. An idea begins as RECEIVED."""

    RECEIVED = "received"
    CONSIDERED = "considered"
    PLANNED = "planned"
    STARTED = "started"
    SHIPPED = "shipped"
    DECLINED = "declined"


class Topic(models.Model):
    class Urgency(models.TextChoices):
        """Anything but normal reaches staff at once instead of waiting for members first."""

        NORMAL = "normal"
        URGENT = "urgent"
        BILLING = "billing"
        PRIVATE = "private"

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="topics")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    lang = models.CharField(max_length=5, default="ja")
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    container_audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    # Chosen for this topic alone, to narrow that of its space; null: as the space. `audience` follows it.
    own_audience = models.ForeignKey(
        "members.Audience", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.VISIBLE)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    created_at = models.DateTimeField()
    bumped_at = models.DateTimeField()
    last_post_author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The highest number given; deleted posts keep theirs.
    last_number = models.PositiveIntegerField(default=1)
    # Visible posts, the opening one included.
    post_count = models.PositiveIntegerField(default=1)
    view_count = models.PositiveIntegerField(default=0)
    follower_count = models.PositiveIntegerField(default=0)
    vote_count = models.IntegerField(default=0)
    is_pinned = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
    tags = models.JSONField(default=list)  # names, for showing; TopicTag is for finding
    accepted_post = models.ForeignKey("discussions.Post", null=True, on_delete=models.SET_NULL, related_name="+")
    solved_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    first_staff_reply_at = models.DateTimeField(null=True)
    # Members first: until then staff are not told. Null when staff were told, or need not be.
    staff_at = models.DateTimeField(null=True)
    staff_told_at = models.DateTimeField(null=True)
    idea_status = models.CharField(max_length=20, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")
    import_id = models.BigIntegerField(null=True)
    # The row of a list as viewer-independent HTML, per language, with marked slots; made by `rendering`.
    row_ja = models.TextField(blank=True, default="")
    row_en = models.TextField(blank=True, default="")
    row_version = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["space", "-is_pinned", "-bumped_at", "-id"], name="topic_space_bumped"),
            models.Index(fields=["-bumped_at", "-id"], name="topic_bumped"),
            models.Index(fields=["author", "-created_at"], name="topic_author"),
            models.Index(
                fields=["-created_at"],
                name="topic_unanswered",
                condition=Q(first_reply_at__isnull=True, state="visible"),
            ),
            models.Index(fields=["staff_at"], name="topic_staff_at", condition=Q(staff_at__isnull=False)),
            models.Index(fields=["own_audience"], name="topic_own_audience", condition=Q(own_audience__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="topic_external_id_once", condition=~Q(external_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_solved(self) -> bool:
        return self.accepted_post_id is not None


class TopicTag(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "topic"], name="topic_tag_once")]
