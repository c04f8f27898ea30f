"""Record what the same person or customer asked after a question at the form, on whatever channel."""

import math
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kizuna.base.registry import Erased, Person
from kizuna.base.text.tokens import words
from kizuna.engagement.discussions.models import Topic
from kizuna.success.customers.models import Contact
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import FormAsk, Inquiry
from kizuna.success.service.models import InquiryFigures, LaterContact

WITHIN = timedelta(days=14)
MOST = 50  # questions at the form that one contact may follow
PERSON, ACCOUNT = LaterContact.Match.PERSON, LaterContact.Match.ACCOUNT


@transaction.atomic
def follow_inquiry(*, inquiry: Inquiry) -> int:
    """Record that an inquiry came after questions at the form. Returns how many it follows."""
    person = Q()
    if inquiry.member_id:
        person |= Q(member_id=inquiry.member_id) | Q(inquiry__member_id=inquiry.member_id)
    if inquiry.contact_id:
        person |= Q(inquiry__contact_id=inquiry.contact_id) | Q(member__in=_member_of(inquiry.contact_id))
    if inquiry.sender:
        person |= Q(inquiry__sender__iexact=inquiry.sender)
    asks = _asks(inquiry.received_at).exclude(inquiry=inquiry)
    done = 0
    for ask, match in _matched(asks, person, inquiry.account_id):
        _row, is_new = LaterContact.objects.get_or_create(
            ask=ask, inquiry=inquiry, topic=None,
            defaults={"channel": inquiry.channel, "matched_by": match, "at": inquiry.received_at,
                      "similarity": similarity(ask.subject, inquiry.title)},
        )  # fmt: skip
        done += is_new
    return done


@transaction.atomic
def follow_topic(*, topic: Topic) -> int:
    """Record that a question in the community came after questions at the form of the same member."""
    person = Q(member_id=topic.author_id) | Q(inquiry__member_id=topic.author_id)
    done = 0
    for ask, match in _matched(_asks(topic.created_at), person, None):
        _row, is_new = LaterContact.objects.get_or_create(
            ask=ask, topic=topic, inquiry=None,
            defaults={"channel": Inquiry.Channel.QUESTION, "matched_by": match, "at": topic.created_at,
                      "similarity": similarity(ask.subject, topic.title)},
        )  # fmt: skip
        done += is_new
    return done


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Take out what ties a person's questions at the form to what they asked later, and who wrote from the figures."""
    asked = Inquiry.objects.filter(inbox.asked_by(person)).values("pk")
    mine = Q(ask__member_id=person.member_id or 0) | Q(topic__author_id=person.member_id or 0)
    mine |= Q(inquiry__in=asked) | Q(ask__inquiry__in=asked)
    gone, _each = LaterContact.objects.filter(mine).delete()
    keys = [f"c{person.contact_id or 0}", f"m{person.member_id or 0}"]
    theirs = InquiryFigures.objects.filter(Q(person_key__in=keys) | Q(inquiry__in=asked))
    changed = theirs.update(person_key="", person_next=None, person_again_after=None)
    return Erased(removed=gone, kept=changed)


def similarity(first: str, second: str) -> float | None:
    """Return how alike two texts are by the words that search knows: the cosine of their counts, 0 to 1."""
    left, right = Counter(words(first)), Counter(words(second))
    if not left or not right:
        return None
    product = sum(count * right[word] for word, count in left.items())
    length = math.sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
    return round(product / length, 4)


def _asks(at: datetime) -> QuerySet[FormAsk]:
    return FormAsk.objects.filter(began_at__gte=at - WITHIN, began_at__lt=at)


def _matched(asks: QuerySet[FormAsk], person: Q, account_id: int | None) -> list[tuple[FormAsk, LaterContact.Match]]:
    """Return the questions of the same person, then those of the same customer, each once."""
    found = dict.fromkeys(asks.filter(person).order_by("-began_at")[:MOST], PERSON) if person else {}
    if account_id:
        colleagues = Contact.objects.filter(employments__account_id=account_id, member__isnull=False).values(
            "member_id"
        )
        same = asks.filter(Q(inquiry__account_id=account_id) | Q(member__in=colleagues))
        for ask in same.order_by("-began_at")[:MOST]:
            found.setdefault(ask, ACCOUNT)
    return list(found.items())


def _member_of(contact_id: int) -> Any:
    return Contact.objects.filter(pk=contact_id, member__isnull=False).values("member_id")
