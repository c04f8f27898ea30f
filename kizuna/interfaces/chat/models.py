"""LINE accounts and who writes to them, what came in, and who of the team is whom in Slack."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class LineChannel(models.Model):
    """An official account of ours at LINE. `key` stands in the address of its webhook."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    sealed_secret = models.TextField()
    sealed_token = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class LineUser(models.Model):
    """Somebody who writes to us by LINE. Who they are is said by their own code or by the team, never by a name."""

    channel = models.ForeignKey(LineChannel, on_delete=models.CASCADE, related_name="users")
    user_id = models.CharField(max_length=60)
    name = models.CharField(max_length=80, blank=True, default="")  # as they call themselves
    is_following = models.BooleanField(default=True)
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    linked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "user_id"], name="line_user_once")]

    def __str__(self) -> str:
        return self.name or self.user_id


class LineThread(models.Model):
    """Which inquiry is with whom."""

    user = models.ForeignKey(LineUser, on_delete=models.CASCADE, related_name="threads")
    inquiry = models.OneToOneField("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="line_thread_latest")]


class LineEvent(models.Model):
    """What LINE told, as it came: kept before it is understood, understood once."""

    channel = models.ForeignKey(LineChannel, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_id = models.CharField(max_length=80)
    body = models.JSONField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "event_id"], name="line_event_once")]
        indexes = [
            models.Index(fields=["received_at"], name="line_event_old"),
            models.Index(fields=["id"], name="line_event_waiting", condition=Q(done_at=None)),
        ]


class LineCode(models.Model):
    """A code by which a member says who they are at LINE: one at a time, once, for a quarter of an hour."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()


class SlackLink(models.Model):
    """Who of the team somebody in Slack is, as they said themselves."""

    team_id = models.CharField(max_length=40)
    user_id = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True, default="")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team_id", "user_id"], name="slack_user_once")]


class SlackPress(models.Model):
    """A button that was pressed in Slack: kept before it is done, done once."""

    endpoint = models.ForeignKey("webhooks.Endpoint", on_delete=models.CASCADE, related_name="+")
    press_id = models.CharField(max_length=64, unique=True)
    team_id = models.CharField(max_length=40)
    user_id = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True, default="")
    inquiry_id = models.BigIntegerField()
    answer_url = models.CharField(max_length=500)
    pressed_at = models.DateTimeField()
    answer = models.JSONField(null=True)  # fixed before it is first sent
    done_at = models.DateTimeField(null=True)
