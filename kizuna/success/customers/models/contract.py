"""Contracts, their lines and history; purchases in B2C."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Contract(models.Model):
    """契約. All days are inclusive, as contracts say them."""

    class Billing(models.TextChoices):
        MONTHLY = "monthly"
        YEARLY = "yearly"  # paid for a year in advance

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="contracts")
    # Who is billed when it is not the account itself: a reseller.
    billing_account = models.ForeignKey(
        "customers.Account", null=True, on_delete=models.SET_NULL, related_name="billed_contracts"
    )
    external_id = models.CharField(max_length=120, blank=True, default="")
    title = models.CharField(max_length=120, blank=True, default="")
    currency = models.CharField(max_length=3, default="JPY")
    billing = models.CharField(max_length=10, choices=Billing.choices, default=Billing.MONTHLY)
    starts_on = models.DateField()
    # The last day of the present term; empty: no fixed term.
    ends_on = models.DateField(null=True)
    term_months = models.PositiveSmallIntegerField(default=12)
    is_auto_renewed = models.BooleanField(default=True)
    notice_by = models.DateField(null=True)  # 解約申入れ期限
    noticed_on = models.DateField(null=True)  # 申出日
    ended_on = models.DateField(null=True)  # 解約日: the last day in force
    end_reason = models.CharField(max_length=400, blank=True, default="")
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="contract_external_id_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                name="contract_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="contract_over_after_it_starts", condition=Q(ended_on=None) | Q(ended_on__gte=F("starts_on"))
            ),
        ]
        indexes = [
            models.Index(fields=["account", "starts_on"], name="contract_of_account"),
            models.Index(fields=["ends_on"], name="contract_term_end", condition=Q(ended_on=None)),
            models.Index(fields=["import_id"], name="contract_import", condition=Q(import_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id or str(self.pk)

    @property
    def last_day(self) -> date | None:
        """Return the last day on which it holds as far as is known; None while it renews by itself."""
        if self.ended_on is not None:
            return self.ended_on
        return None if self.is_auto_renewed else self.ends_on

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.last_day is None or day <= self.last_day)


class ContractLine(models.Model):
    """What is bought. A change of seats or price ends a line and begins another, so that each day has its lines."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    product = models.CharField(max_length=80)
    plan = models.CharField(max_length=80, blank=True, default="")
    seats = models.PositiveIntegerField(default=1)
    # Per seat and billing period, before tax, in minor units of the contract's currency.
    unit_price = models.BigIntegerField()
    tax_percent = models.PositiveSmallIntegerField(default=10)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="line_price_not_negative", condition=Q(unit_price__gte=0)),
            models.CheckConstraint(
                name="line_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]
        indexes = [models.Index(fields=["contract", "starts_on"], name="line_of_contract")]

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def amount(self) -> int:
        """Return the price of one billing period before tax."""
        return self.unit_price * self.seats


class ContractChange(models.Model):
    """What a contract was after a change, lines included. Never changed."""

    class What(models.TextChoices):
        SIGNED = "signed"
        CHANGED = "changed"
        RENEWED = "renewed"
        NOTICED = "noticed"
        ENDED = "ended"
        REVOKED = "revoked"  # a notice taken back

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    what = models.CharField(max_length=10, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["contract", "-at", "-id"], name="contract_change_latest")]


class Purchase(models.Model):
    """One order, or what happened to a subscription of goods: repeat, pause, skip, return (B2C)."""

    class Kind(models.TextChoices):
        FIRST = "first"
        REPEAT = "repeat"
        PAUSE = "pause"
        SKIP = "skip"
        RETURN = "return"

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="purchases")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    product = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(default=1)
    amount = models.BigIntegerField(default=0)  # before tax, minor units; negative for a return
    tax_percent = models.PositiveSmallIntegerField(default=10)
    currency = models.CharField(max_length=3, default="JPY")
    purchased_on = models.DateField()
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="purchase_external_id_once", condition=~Q(external_id="")
            ),
        ]
        indexes = [models.Index(fields=["account", "-purchased_on", "-id"], name="purchase_of_account")]


class Cancellation(models.Model):
    """解約の記録: that a customer left something on a day, why, and what they said. Tables of a billing system name no contract."""

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="cancellations")
    contract = models.ForeignKey(Contract, null=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=120, blank=True, default="")
    cancelled_on = models.DateField()
    reason = models.CharField(max_length=120, blank=True, default="")
    told = models.TextField(blank=True, default="")  # in the customer's own words
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="cancellation_external_id_once", condition=~Q(external_id="")
            ),
        ]
        indexes = [models.Index(fields=["account", "-cancelled_on", "-id"], name="cancellation_of_account")]
