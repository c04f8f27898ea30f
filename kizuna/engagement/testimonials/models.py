"""What a member says, where it may be shown, and under which words they agreed."""

from django.conf import settings
from django.db import models


class Testimonial(models.Model):
    """お客さまの声 of one member. Only what is approved, not withdrawn and not over is shown."""

    class State(models.TextChoices):
        ASKED = "asked"  # staff asked; nothing was said yet
        GIVEN = "given"  # said and agreed to, waits for staff
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    text = models.CharField(max_length=600, blank=True, default="")
    lang = models.CharField(max_length=5, default="ja")
    shown_name = models.CharField(max_length=80, blank=True, default="")
    shown_company = models.CharField(max_length=120, blank=True, default="")
    in_community = models.BooleanField(default=False)
    on_site = models.BooleanField(default=False)
    in_sales = models.BooleanField(default=False)
    until = models.DateField(null=True)  # the last day, inclusive
    # The words under which the person agreed, whole, and when.
    wording = models.TextField(blank=True, default="")
    consented_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ask_note = models.CharField(max_length=400, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-decided_at"], name="testimonial_shown"),
            models.Index(fields=["member", "-created_at"], name="testimonial_of_member"),
        ]
