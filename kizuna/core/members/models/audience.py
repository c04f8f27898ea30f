"""Who may see: an audience is a set of members."""

from django.db import models

from kizuna.core.members.models.member import Member


class Audience(models.Model):
    """公開範囲. `public`, `members` and `staff` are held by rule; every other one lists its members."""

    class Kind(models.TextChoices):
        BUILT_IN = "built_in"
        HAND = "hand"
        GROUP = "group"
        SEGMENT = "segment"

    slug = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HAND)
    label = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class AudienceMember(models.Model):
    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "audience"], name="audience_member_once")]
