"""People at accounts and their time there."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Contact(models.Model):
    """先方担当者: a person we know. May be a member; changes firms; sits at several accounts."""

    name = models.CharField(max_length=80)
    kana = models.CharField(max_length=80, blank=True, default="")
    reading = models.CharField(max_length=80, blank=True, default="")
    search_text = models.CharField(max_length=400, blank=True, default="")
    email = models.EmailField(max_length=254, blank=True, default="")
    email_key = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    phone_key = models.CharField(max_length=20, blank=True, default="")  # +81355500142, however it is written
    external_id = models.CharField(max_length=120, blank=True, default="")
    member = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    recipient = models.ForeignKey("notifications.Recipient", null=True, on_delete=models.SET_NULL, related_name="+")
    # The team's judgement; never on a member's page.
    recommends = models.BooleanField(default=False)
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email_key"], name="contact_email_once", condition=~Q(email_key="")),
            models.UniqueConstraint(
                fields=["external_id"], name="contact_external_id_once", condition=~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["reading", "id"], name="contact_by_reading"),
            models.Index(fields=["import_id"], name="contact_import", condition=Q(import_id__isnull=False)),
            models.Index(fields=["phone_key"], name="contact_by_phone", condition=~Q(phone_key="")),
        ]

    def __str__(self) -> str:
        return self.name


class Employment(models.Model):
    """A person's time at an account in one department and title. `ended_at` empty: still there."""

    class How(models.TextChoices):
        STAFF = "staff"
        DOMAIN = "domain"
        INVITATION = "invitation"
        IMPORT = "import"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="employments")
    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="employments")
    department = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(max_length=80, blank=True, default="")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=10, choices=How.choices, default=How.STAFF)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "account"], name="employment_open_once", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="employment_ends_after_it_starts",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
        ]
        indexes = [models.Index(fields=["account", "ended_at", "contact"], name="employment_of_account")]
