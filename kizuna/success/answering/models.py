"""What inquiries are compared by, which ask the same, templates that act, and answers that go to many."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kizuna.success.inbox.models import Inquiry


class InquiryFeatures(models.Model):
    """What an inquiry is compared by. Numbers only: no word can be read from it."""

    inquiry = models.OneToOneField("inbox.Inquiry", on_delete=models.CASCADE, primary_key=True, related_name="+")
    received_at = models.DateTimeField()
    terms = models.JSONField(default=list)
    meaning = models.BinaryField(default=b"")
    needs_meaning = models.BooleanField(default=True)
    # Of the inquiries up to this one's, those that ask the same are linked.
    is_linked = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="inquiry_features_at"),
            models.Index(fields=["inquiry"], name="inquiry_features_unlinked", condition=Q(is_linked=False)),
            models.Index(fields=["inquiry"], name="inquiry_features_unmeant", condition=Q(needs_meaning=True)),
        ]


class InquiryTerm(models.Model):
    """Which inquiries hold a term: the index by which those are found that are worth comparing."""

    term = models.BigIntegerField()
    received_at = models.DateTimeField()
    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["term", "-received_at", "inquiry"], name="inquiry_term_newest")]
        constraints = [models.UniqueConstraint(fields=["inquiry", "term"], name="inquiry_term_once")]


class SimilarLink(models.Model):
    """Two inquiries that ask the same; one row for each direction. What somebody took out stays taken out."""

    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    other_received_at = models.DateTimeField()
    score = models.FloatField()
    is_removed = models.BooleanField(default=False)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "other"], name="similar_link_once"),
            models.CheckConstraint(name="similar_link_of_two", condition=~Q(inquiry=F("other"))),
        ]
        indexes = [
            models.Index(
                fields=["inquiry", "-other_received_at"], name="similar_link_newest", condition=Q(is_removed=False)
            )
        ]


class Macro(models.Model):
    """What a template does besides its words: whose it is, and what happens to the inquiry after it was sent."""

    template = models.OneToOneField("mailbox.ReplyTemplate", on_delete=models.CASCADE, related_name="+")
    # Nobody: it is everybody's.
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    next_state = models.CharField(max_length=10, blank=True, default="")
    snooze_days = models.PositiveSmallIntegerField(null=True)
    priority = models.CharField(max_length=10, choices=Inquiry.Priority.choices, blank=True, default="")
    category = models.CharField(max_length=80, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="macro_snoozes_some_days",
                condition=Q(next_state="snoozed", snooze_days__gte=1)
                | (~Q(next_state="snoozed") & Q(snooze_days=None)),
            )
        ]


class MacroUse(models.Model):
    """A template that somebody put into the answer they are writing: its acts follow when the answer is out, once."""

    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey("mailbox.ReplyTemplate", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inquiry", "member"], name="macro_use_once")]


class AnswerBatch(models.Model):
    """まとめて答える: one answer for many. Its items go out each by themselves, half a minute later."""

    about = models.ForeignKey("inbox.Inquiry", null=True, on_delete=models.SET_NULL, related_name="+")
    common = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    send_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    # The same form sent twice makes one batch.
    key = models.CharField(max_length=64, unique=True)


class AnswerItem(models.Model):
    """One of those who are answered together."""

    class State(models.TextChoices):
        HELD = "held"
        GIVEN = "given"  # to its channel: the delivery says the rest
        CALL = "call"  # a task to call was made
        SKIPPED = "skipped"
        TAKEN_BACK = "taken_back"

    class Why(models.TextChoices):
        """Why it was skipped."""

        ANSWERED = "answered"
        CLOSED = "closed"
        WROTE = "wrote"  # the customer wrote meanwhile
        CALL = "call"  # a task to call them waits
        NO_DOOR = "no_door"
        REFUSED = "refused"

    batch = models.ForeignKey(AnswerBatch, on_delete=models.CASCADE, related_name="items")
    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    line = models.CharField(max_length=1000, blank=True, default="")
    text = models.TextField()
    seen = models.BigIntegerField(default=0)  # the last message that whoever answered could see
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True, default="")
    detail = models.CharField(max_length=400, blank=True, default="")
    delivery = models.OneToOneField("inbox.Delivery", null=True, on_delete=models.SET_NULL, related_name="+")
    task = models.OneToOneField("tasks.Task", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "inquiry"], name="answer_item_once"),
            models.CheckConstraint(
                name="answer_item_skipped_says_why",
                condition=(Q(state="skipped") & ~Q(why="")) | (~Q(state="skipped") & Q(why="")),
            ),
        ]
        indexes = [models.Index(fields=["inquiry"], name="answer_item_held", condition=Q(state="held"))]
