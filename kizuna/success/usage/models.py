"""Usage by day, who used it, and the books of receiving."""

from django.db import models


class UsageSubject(models.Model):
    """A person or a group as the customer's own systems name it. The one without an external id stands for "not said"."""

    class Kind(models.TextChoices):
        PERSON = "person"
        GROUP = "group"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    external_id = models.CharField(max_length=255, blank=True)
    # {"plan": "pro"}, and {"plan": ["2026-11-26T03:00:00+00:00", "message id"]}: of two values the later one stands.
    traits = models.JSONField(default=dict)
    trait_times = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "external_id"], name="usage_subject_once")]


class UsageMembership(models.Model):
    """A person was said to belong to a group, between its first and its latest saying."""

    person = models.ForeignKey(UsageSubject, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(UsageSubject, on_delete=models.CASCADE, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="usage_membership_once")]
        indexes = [models.Index(fields=["group", "person"], name="usage_membership_group")]


class UsageName(models.Model):
    """The name of a usage event: what was tracked, or the page or screen."""

    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="usage_name_once")]


class UsageDayCount(models.Model):
    """How often one person, for one group, did one thing on one day of the community's time zone.

    Rows without a `source` add up events and are made again by a rebuild. One with a source is what a line of a table said
    (its name is of the kind TABLE): the source is a digest of customer, contract, person, name and day.
    """

    day = models.DateField()
    person = models.ForeignKey(UsageSubject, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(UsageSubject, on_delete=models.CASCADE, related_name="+")
    name = models.ForeignKey(UsageName, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    source = models.CharField(max_length=32, blank=True, default="")
    people_count = models.PositiveIntegerField(null=True)  # of a line that names nobody: how many people it was
    import_id = models.BigIntegerField(null=True)  # the import that last said it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day", "name", "group", "source"], name="usage_day_count_once"),
        ]
        indexes = [
            models.Index(fields=["source"], name="usage_day_count_source"),
            models.Index(fields=["group", "day"], name="usage_day_count_group"),
            models.Index(fields=["day"], name="usage_day_count_day"),
        ]


class UsageDayTotal(models.Model):
    """How often one thing was done by anybody on one day."""

    day = models.DateField()
    name = models.ForeignKey(UsageName, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "name"], name="usage_day_total_once")]


class UsageReceipt(models.Model):
    """What one write key brought on one day: events taken, and those that had been taken before."""

    day = models.DateField()
    token = models.ForeignKey("members.ApiToken", on_delete=models.CASCADE, related_name="+")
    taken_count = models.PositiveBigIntegerField(default=0)
    repeated_count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "token"], name="usage_receipt_once")]


class UsageRefusal(models.Model):
    """What was not taken on one day, by reason; without a token nobody knows who sent it."""

    day = models.DateField()
    token = models.ForeignKey("members.ApiToken", on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=30)
    count = models.PositiveBigIntegerField(default=0)
    example = models.CharField(max_length=200, blank=True)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "token", "reason"], condition=models.Q(token__isnull=False), name="usage_refusal_once"
            ),
            models.UniqueConstraint(
                fields=["day", "reason"], condition=models.Q(token__isnull=True), name="usage_refusal_nobody_once"
            ),
        ]


class UsageFold(models.Model):
    """Some received events that count from this row's commit on. Its files carry the `mark` in their names."""

    mark = models.CharField(max_length=32, unique=True)
    segments = models.JSONField(default=list)  # names of the journal's segments that went into it
    days = models.JSONField(default=list)  # UTC days of the lake that it wrote to
    event_count = models.PositiveIntegerField()
    step = models.PositiveIntegerField(default=0)  # how many steps of counting are done
    made_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["counted_at", "id"], name="usage_fold_counted")]


class UsageState(models.Model):
    """The one row about counting: whose days are counted, and whether everything is being counted again."""

    name = models.CharField(max_length=10, primary_key=True)
    time_zone = models.CharField(max_length=60)
    is_clearing = models.BooleanField(default=False)


class AccountUsage(models.Model):
    """What an account used, worked out at night: the days until `as_of`, whole days of the community."""

    account = models.OneToOneField("customers.Account", on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField()
    first_on = models.DateField()
    last_on = models.DateField()
    last_at = models.DateTimeField()
    active_7_count = models.PositiveIntegerField()
    active_28_count = models.PositiveIntegerField()
    active_28_before_count = models.PositiveIntegerField()  # the 28 days before those
    days = models.JSONField()  # active people a day, the oldest first, the last one is `as_of`
    names = models.JSONField()  # [[kind, name, count]] of the 28 days, the most frequent first
    made_at = models.DateTimeField()
    is_stale = models.BooleanField(
        default=False
    )  # a table said or took back something of any day: all are looked at again


class UsageChange(models.Model):
    """The use of an account changed, by one of the stated rules (`changing`). Written once, never edited."""

    class Kind(models.TextChoices):
        FIRST = "first"
        QUIET = "quiet"
        AGAIN = "again"
        DROP = "drop"
        RISE = "rise"

    key = models.CharField(max_length=60, unique=True)  # account, kind and day
    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    day = models.DateField()
    before = models.PositiveIntegerField(default=0)
    after = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()  # when it could be known

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="usage_change_of_account"),
            models.Index(fields=["kind", "at"], name="usage_change_of_kind"),
        ]


class UsageForgotten(models.Model):
    """A person who was erased: what was received of them until then is counted under nobody, whenever it is folded."""

    person_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
