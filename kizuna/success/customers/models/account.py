"""An account, its names, domains, owners and everything that was changed on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """顧客: a firm, or in B2C a person or a household. Columns that lists sort by are kept by actions."""

    class Kind(models.TextChoices):
        FIRM = "firm"
        PERSON = "person"
        HOUSEHOLD = "household"

    class State(models.TextChoices):
        PROSPECT = "prospect"  # known, no contract yet
        ACTIVE = "active"
        ENDED = "ended"
        MERGED = "merged"  # absorbed by another account; kept so that the merge can be undone

    class Fit(models.TextChoices):
        YES = "yes"
        NO = "no"
        UNKNOWN = "unknown"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIRM)
    name = models.CharField(max_length=160)
    kana = models.CharField(max_length=160, blank=True, default="")
    # The order of lists: folded reading without the legal form, else the folded name.
    reading = models.CharField(max_length=160, blank=True, default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children", db_index=False)
    external_id = models.CharField(max_length=120, blank=True, default="")
    corporate_number = models.CharField(max_length=13, blank=True, default="")
    industry = models.CharField(max_length=60, blank=True, default="")
    region = models.CharField(max_length=60, blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    phone_key = models.CharField(max_length=20, blank=True, default="")  # +81355500142, however it is written
    employee_count = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROSPECT)
    fit = models.CharField(max_length=10, choices=Fit.choices, default=Fit.UNKNOWN)
    fit_reason = models.CharField(max_length=400, blank=True, default="")
    community_touch = models.BooleanField(default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Month by month, in minor units of `currency` before tax; 0 without a contract in force.
    monthly_amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="JPY")
    customer_since = models.DateField(null=True)
    renews_on = models.DateField(null=True)
    notice_by = models.DateField(null=True)
    next_review_on = models.DateField(null=True)
    last_touched_at = models.DateTimeField(null=True)
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="account_external_id_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(name="account_not_its_own_parent", condition=~Q(parent=F("id"))),
        ]
        indexes = [
            # Lists leave merged accounts out, so `state` stands last and is checked without a visit to the row.
            models.Index(fields=["reading", "id", "state"], name="account_by_reading"),
            models.Index(fields=["renews_on", "id", "state"], name="account_by_renewal"),
            models.Index(fields=["notice_by", "id", "state"], name="account_by_notice"),
            models.Index(fields=["-monthly_amount", "id", "state"], name="account_by_amount"),
            models.Index(fields=["-last_touched_at", "id", "state"], name="account_by_touch"),
            models.Index(fields=["owner", "reading", "id"], name="account_by_owner"),
            models.Index(fields=["state", "reading", "id"], name="account_by_state"),
            models.Index(fields=["fit", "reading", "id", "kind", "state"], name="account_by_fit"),
            # Most accounts stand under none: without them the planner knows that this index is short.
            models.Index(fields=["parent", "reading"], name="account_by_parent", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["corporate_number"], name="account_by_number", condition=~Q(corporate_number="")
            ),
            models.Index(
                fields=["next_review_on"], name="account_by_review", condition=Q(next_review_on__isnull=False)
            ),
            models.Index(fields=["import_id", "id"], name="account_of_import", condition=Q(import_id__isnull=False)),
            models.Index(fields=["phone_key"], name="account_by_phone", condition=~Q(phone_key="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_current(self) -> bool:
        return self.state in (self.State.PROSPECT, self.State.ACTIVE)


class AccountName(models.Model):
    """One name by which an account is or was known. Kept when the account is renamed, so that old papers still match."""

    class Kind(models.TextChoices):
        OWN = "own"
        FORMER = "former"
        ALIAS = "alias"
        KANA = "kana"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=160)
    # What search looks through by its tails (folded, no spaces) and what matching compares (core without the legal form).
    folded = models.CharField(max_length=160)
    match_key = models.CharField(max_length=160)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "text"], name="account_name_once"),
        ]
        indexes = [models.Index(fields=["match_key", "account"], name="account_name_match")]


class AccountNameTail(models.Model):
    """What stands from one letter of a name on: a search for any part of a name is a search for the beginning of a tail.

    Bytes, because both databases order them alike, whatever their languages. Kept by actions, made again by
    `kizuna rebuild customer-names`.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    tail = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["tail", "account"], name="account_name_tail")]


class NameTailsDue(models.Model):
    """An account that an import added and that no part of its name finds yet: tails are written many at once, in their order."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="+")
    # Who makes it findable holds it so long; whoever was killed meanwhile leaves it to the next.
    held_until = models.DateTimeField(null=True)


class AccountDomain(models.Model):
    """A mail domain of an account: seen on a contact's address, or verified by staff. Verified ones let members in."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=190)
    is_verified = models.BooleanField(default=False)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "domain"], name="account_domain_once"),
            # Group companies may share a domain, but only one account lets its people in by it.
            models.UniqueConstraint(
                fields=["domain"], name="account_domain_verified_once", condition=Q(is_verified=True)
            ),
        ]
        indexes = [models.Index(fields=["domain", "account"], name="account_domain_bearers")]


class AccountOwnership(models.Model):
    """Whose account it was, from when to when. The open period agrees with `Account.owner`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="ownerships")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], name="ownership_open_once", condition=Q(ended_at=None))
        ]
        indexes = [models.Index(fields=["account", "started_at"], name="ownership_periods")]


class AccountChange(models.Model):
    """What an account was after a change: the whole state, so that any past moment is one row. Never changed."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    fields = models.JSONField()  # names of what changed
    state = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["account", "-at", "-id"], name="account_change_latest")]
