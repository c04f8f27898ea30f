"""Counts of what members did, as sources of facts. Higher apps declare the facts and name the counts."""

from typing import Any

from django.db.models import Case, F, IntegerField, Value, When

from kizuna.base.rules import Dated
from kizuna.core.activity.models import MemberDayCount


def counts_of(*names: str, less: tuple[str, ...] = ()) -> Dated:
    """Return the source of a fact that counts these verbs (or declared counts) per member and day, less those taken back."""
    amount: Any = F("count")
    if less:
        taken_back = When(verb__in=less, then=F("count") * Value(-1))
        amount = Case(taken_back, default=F("count"), output_field=IntegerField())
    wanted = [*names, *less]
    return Dated(lambda: MemberDayCount.objects.filter(verb__in=wanted), "member_id", amount, day="day")
