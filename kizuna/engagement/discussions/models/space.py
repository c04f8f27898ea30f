"""A space holds topics of one kind for one audience."""

from django.db import models


class Space(models.Model):
    class Kind(models.TextChoices):
        DISCUSSION = "discussion"
        QUESTION = "question"
        ANNOUNCEMENT = "announcement"
        IDEA = "idea"

    class Posting(models.TextChoices):
        """Who may open a topic. Replying is for everybody who sees it, except that closed topics take none."""

        MEMBERS = "members"
        STAFF = "staff"

    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.DISCUSSION)
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    icon = models.CharField(max_length=40, blank=True, default="message-circle")
    color = models.CharField(max_length=2, blank=True, default="d1")
    position = models.PositiveSmallIntegerField(default=0)
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, related_name="+")
    posting = models.CharField(max_length=10, choices=Posting.choices, default=Posting.MEMBERS)
    post_template = models.JSONField(default=dict)
    # A question stays with members this long before staff are told. Null takes the community's setting.
    members_first_hours = models.PositiveSmallIntegerField(null=True)
    is_archived = models.BooleanField(default=False)
    topic_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.slug
