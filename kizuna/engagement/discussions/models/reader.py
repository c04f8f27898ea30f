"""What a member keeps about topics: read marks, follows, bookmarks, drafts, and what they know about."""

from django.conf import settings
from django.db import models

from kizuna.engagement.discussions.models.post import Post
from kizuna.engagement.discussions.models.topic import Tag, Topic


def _owner() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")


class TopicRead(models.Model):
    """The highest post number this member has seen in a topic."""

    member = _owner()
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    last_read_number = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "topic"], name="topic_read_once")]


class ReadMark(models.Model):
    """ "Mark all read": whatever was posted until then is read in every topic. A new member starts at joining."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_until = models.DateTimeField()


class Follow(models.Model):
    """A member who is told of new posts. `is_muted` records an explicit no, which automatic follows respect."""

    member = _owner()
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    is_muted = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "member"], name="follow_once")]
        indexes = [models.Index(fields=["member", "-created_at"], name="follow_member")]


class Bookmark(models.Model):
    member = _owner()
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "post"], name="bookmark_once")]


class Draft(models.Model):
    """Unsent text, one per member and place (`topic:12`, `space:qa`, `edit:99`, `article:7`)."""

    member = _owner()
    context = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "context"], name="draft_once")]


class MemberTag(models.Model):
    """How often a member answered under a tag, and how often that solved it: whose answers are needed."""

    member = _owner()
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    answer_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "tag"], name="member_tag_once")]


class SolvedCheck(models.Model):
    """An answer to "Did this solve it?", kept from the first day: later measurement needs the history."""

    class Place(models.TextChoices):
        ANSWER = "answer"
        SILENCE = "silence"  # asked after days without a word

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    visitor_key = models.CharField(max_length=32, blank=True, default="")
    place = models.CharField(max_length=10, choices=Place.choices)
    is_solved = models.BooleanField(null=True)  # null: asked, not yet answered
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "place"], name="solved_check_topic")]
