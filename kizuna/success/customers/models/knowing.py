"""What the team knows of an account: its own attributes, what success means, notes."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class AccountAttribute(models.Model):
    """A field that a manager defined for accounts."""

    class Kind(models.TextChoices):
        TEXT = "text"
        CHOICE = "choice"
        DATE = "date"
        NUMBER = "number"
        YES_NO = "yes_no"

    slug = models.CharField(max_length=40, unique=True)
    label = models.JSONField()  # {"ja", "en"}
    kind = models.CharField(max_length=10, choices=Kind.choices)
    choices = models.JSONField(default=list)
    # Who sees it: the roles that see this group (`seeing`); "" everybody with the desk.
    field_group = models.CharField(max_length=20, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()


class AccountAttributeValue(models.Model):
    """The value of an attribute over a period. The open one holds today."""

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="attribute_values")
    attribute = models.ForeignKey(AccountAttribute, on_delete=models.CASCADE, related_name="+")
    value = models.JSONField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "attribute"], name="attribute_value_open_once", condition=Q(ended_at=None)
            )
        ]


class SuccessDefinition(models.Model):
    """What success means for an account, as agreed on a day. A new agreement is a new row; the latest holds."""

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="success_definitions")
    problem = models.TextField(blank=True, default="")  # 課題
    goal = models.TextField(blank=True, default="")  # 目標
    contribution = models.TextField(blank=True, default="")  # 当社の貢献
    criteria = models.TextField(blank=True, default="")  # 達成基準
    agreed_on = models.DateField(null=True)
    next_review_on = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="success_latest")]


class PutOffStep(models.Model):
    """Somebody of the team puts a next step off: for a while, or for as long as its fact is the same. The open row holds."""

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+")
    # The step and the fact it rested on, as its rule names them (registry.Step).
    key = models.CharField(max_length=60)
    fact = models.CharField(max_length=200, blank=True, default="")
    # The first day on which it is shown again; empty: when its fact is another.
    until = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="step_put_off_once", condition=Q(ended_at=None))
        ]


class Note(models.Model):
    """A note on an account. `is_internal`: never shown to the customer."""

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="notes")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField()
    html = models.TextField()
    is_internal = models.BooleanField(default=True)
    is_removed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="note_of_account")]


class NoteVersion(models.Model):
    """What a note was before an edit."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField()
    is_internal = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()


class NoteMention(models.Model):
    """A colleague named in a note."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "member"], name="note_mention_once")]


class SavedView(models.Model):
    """A list's filters, columns and order under a name: one's own, or the team's."""

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True, default="")
    # The conditions that narrow the list besides; kept as they are when something that they name is gone.
    rule = models.JSONField(null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once")]

    @property
    def address(self) -> str:
        """Return the query of the list's address: where there is a rule, the view's number stands for it."""
        if self.rule is None:
            return self.query
        return f"view={self.pk}&{self.query}" if self.query else f"view={self.pk}"
