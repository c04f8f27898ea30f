"""Settings, generations, words and links of the one community this database is."""

from django.conf import settings
from django.db import models


class Setting(models.Model):
    """One typed setting; keys are declared by the apps (`community.settings.SettingKey`)."""

    key = models.CharField(max_length=80, unique=True)
    value = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.key


class Generation(models.Model):
    """A number that rises in the transaction of a change; caches carry it in their key, so that a change empties them."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=1)


class WordRule(models.Model):
    """What happens to a text with this word: refused, held for a moderator, or masked."""

    class Effect(models.TextChoices):
        REFUSE = "refuse"
        HOLD = "hold"
        MASK = "mask"

    word = models.CharField(max_length=100)
    # NFKC, case, kana and look-alike folded form: compared with the same form of the text.
    skeleton = models.CharField(max_length=200, unique=True)
    effect = models.CharField(max_length=10, choices=Effect.choices, default=Effect.REFUSE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class NavigationLink(models.Model):
    """A link that the community manager adds to the side navigation."""

    label = models.JSONField(default=dict)
    url = models.CharField(max_length=500)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class ManagerAction(models.Model):
    """Audit of what staff changed in Studio: who, what, before and after. Append-only."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="manager_action_at")]
