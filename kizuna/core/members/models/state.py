"""What staff or a member did to a membership: who, when and why."""

from django.db import models

from kizuna.core.members.models.member import Member


class Suspension(models.Model):
    """A member may not sign in or act until lifted."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], name="suspension_open_once", condition=models.Q(lifted_at__isnull=True)
            )
        ]


class Erasure(models.Model):
    """A member's person was taken out of this community; what they wrote stays under no name."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
