"""Turns in a topic's life, as records: who, when, why."""

from django.conf import settings
from django.db import models

from kizuna.engagement.discussions.models.post import Post
from kizuna.engagement.discussions.models.space import Space
from kizuna.engagement.discussions.models.topic import State, Topic


def _member(**options: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", **options
    )


class AcceptedAnswer(models.Model):
    """The post that solved a question. One at a time; a change or withdrawal ends the row and keeps it."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    accepted_by = _member()
    accepted_at = models.DateTimeField()
    seconds_to_solve = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_by = _member()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic"], name="accepted_answer_once", condition=models.Q(ended_at__isnull=True)
            )
        ]


class TopicClosure(models.Model):
    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="closure")
    closed_by = _member()
    closed_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, default="")


class TopicPin(models.Model):
    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="pin")
    pinned_by = _member()
    pinned_at = models.DateTimeField()


class TopicMove(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    from_space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    to_space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    moved_by = _member()
    moved_at = models.DateTimeField()


class TopicRemoval(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    removed_by = _member()
    removed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=500, blank=True, default="")
    restored_at = models.DateTimeField(null=True)
    restored_by = _member()


class IdeaStatusChange(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True, default="")
    changed_by = _member()
    changed_at = models.DateTimeField()


class IdeaVote(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "member"], name="idea_vote_once")]
