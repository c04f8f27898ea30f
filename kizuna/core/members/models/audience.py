"""Who may see: an audience is a set of members."""

from django.db import models

from kizuna.core.members.models.member import Member


class Audience(models.Model):
    """公開範囲. `public`, `members` and `staff` are held by rule; every other one lists its members."""

    class Kind(models.TextChoices):
        BUILT_IN = "built_in"
        HAND = "hand"
        RULE = "rule"
        GROUP = "group"
        SEGMENT = "segment"

    slug = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HAND)
    label = models.JSONField(default=dict)
    # The name that those in it read; empty: they read only that something is for some. `label` stays with the team.
    shown_label = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # By rule: the tree as JSON, whether time alone changes who fits, and what it names that is gone (then nobody moves).
    rule = models.JSONField(null=True)
    is_clocked = models.BooleanField(default=False)
    missing = models.JSONField(default=list)
    evaluated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.slug


class AudienceMember(models.Model):
    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "audience"], name="audience_member_once")]


class AudienceCursor(models.Model):
    """Up to which activity audiences by rule are brought up to date. One row."""

    name = models.CharField(max_length=20, primary_key=True)
    position = models.BigIntegerField(default=0)
