"""Calls follow what happens elsewhere: encounters that are written down by themselves, inquiries answered by telephone."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kizuna.base.text import phones
from kizuna.success.calls.models import Call
from kizuna.success.encounters.models import Encounter
from kizuna.success.inbox.models import Inquiry

DIRECTIONS = {Encounter.Direction.IN: Call.Direction.IN}


@transaction.atomic
def follow_encounter(*, encounter: Encounter, now: datetime) -> None:
    """Let a call that was written down as an encounter be in the list of calls, as it stands now."""
    call = Call.objects.select_for_update(of=("self",)).filter(encounter=encounter).first()
    if encounter.kind != Encounter.Kind.CALL or encounter.is_removed:
        if call is not None and not call.is_removed:
            Call.objects.filter(pk=call.pk).update(is_removed=True, updated_at=now)
        return
    ended_at = encounter.at + timedelta(minutes=encounter.minutes) if encounter.minutes else None
    if call is None:
        person = encounter.people.exclude(contact=None).order_by("pk").values_list("contact_id", flat=True)[:2]
        Call.objects.create(
            encounter=encounter, account_id=encounter.account_id, state=Call.State.TALKED, at=encounter.at,
            direction=DIRECTIONS.get(Encounter.Direction(encounter.direction), Call.Direction.OUT), ended_at=ended_at,
            contact_id=person[0] if len(person) == 1 else None, member_id=encounter.author_id, is_placed=True,
            seconds=encounter.minutes * 60 if encounter.minutes else None, outcome=Call.Outcome.REACHED,
            created_by_id=encounter.author_id, created_at=encounter.created_at, updated_at=now,
        )  # fmt: skip
    elif not call.external_id and (call.at != encounter.at or call.is_removed):
        call.at, call.ended_at, call.is_removed, call.updated_at = encounter.at, ended_at, False, now
        call.save(update_fields=["at", "ended_at", "is_removed", "updated_at"])


@transaction.atomic
def follow_missed(*, inquiry: Inquiry, now: datetime) -> None:
    """Let a missed call that came into the inbox another way (API, by hand) be in the list of calls."""
    if inquiry.channel != Inquiry.Channel.MISSED or Call.objects.filter(inquiry=inquiry).exists():
        return
    number_key = phones.key_of(inquiry.sender)
    Call.objects.create(
        inquiry=inquiry, account_id=inquiry.account_id, contact_id=inquiry.contact_id, direction=Call.Direction.IN,
        state=Call.State.MISSED, at=inquiry.received_at, number=inquiry.sender[:40] if number_key else "",
        number_key=number_key, is_placed=inquiry.account_id is not None, created_at=now, updated_at=now,
    )  # fmt: skip


@transaction.atomic
def answer_by_telephone(*, inquiry: Inquiry) -> None:
    """Join the talk by which an inquiry was answered to it: the last one since it came in, with that number or person."""
    same = Q(pk__in=[])
    keys = set(Call.objects.filter(inquiry=inquiry).exclude(number_key="").values_list("number_key", flat=True))
    if keys:
        same |= Q(number_key__in=keys)
    if inquiry.contact_id:
        same |= Q(contact_id=inquiry.contact_id)
    elif inquiry.account_id:
        same |= Q(account_id=inquiry.account_id)
    talks = Call.objects.filter(same, inquiry=None, state=Call.State.TALKED, is_removed=False)
    talk = talks.filter(at__gte=inquiry.received_at).order_by("-at", "-pk").first()
    if talk is not None:
        Call.objects.filter(pk=talk.pk, inquiry=None).update(inquiry=inquiry)
