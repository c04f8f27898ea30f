"""Find inquiries near a text: by its rarest terms from the index, compared with what is stored. Never reads all of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from kizuna.success.answering import likeness
from kizuna.success.answering.likeness import Features, Nearness
from kizuna.success.answering.models import InquiryFeatures, InquiryTerm
from kizuna.success.inbox import quoting
from kizuna.success.inbox.models import Inquiry, InquiryMessage

WEIGHED_BY = timedelta(days=90)  # how rare a term is, is asked of the last three months
ASKED_TERMS = 20  # the rarest of those that another inquiry holds, too
NEWEST_OF_TERM = 300


def text_of(inquiry: Inquiry) -> str:
    """Return what the customer wrote first, without what they quote."""
    messages = InquiryMessage.objects.filter(inquiry=inquiry, direction=InquiryMessage.Direction.IN)
    return quoting.split(messages.order_by("at", "pk").values_list("body", flat=True).first() or "")[0]


def features_of(row: InquiryFeatures) -> Features:
    """Return what a stored inquiry is compared by."""
    return Features(frozenset(row.terms), bytes(row.meaning))


@dataclass(frozen=True)
class Weights:
    """What each term is worth among the inquiries of the last three months, and in how many it stands."""

    worths: Mapping[int, float]
    counts: Mapping[int, int]


def weights_of(terms: Collection[int], *, now: datetime) -> Weights:
    """Return what each term is worth."""
    since = now - WEIGHED_BY
    total = InquiryFeatures.objects.filter(received_at__gte=since).count()
    held = InquiryTerm.objects.filter(term__in=terms, received_at__gte=since).order_by()
    counts = dict(held.values_list("term").annotate(count=Count("pk")))
    return Weights({term: likeness.worth(counts.get(term, 0), total) for term in terms}, counts)


def near(
    features: Features,
    weights: Weights,
    *,
    since: datetime,
    until: datetime,
    without: int = 0,
    among: QuerySet[Inquiry] | None = None,
) -> dict[int, Nearness]:
    """Return {inquiry: how near} of those that came in between and ask the same, or almost."""
    found = _candidates(weights, since=since, until=until) - {without}
    rows = InquiryFeatures.objects.filter(pk__in=found)
    if among is not None:
        rows = rows.filter(pk__in=among.filter(pk__in=found).values("pk"))
    measured = {row.pk: likeness.nearness(features, features_of(row), weights.worths) for row in rows.order_by()}
    return {pk: nearness for pk, nearness in measured.items() if nearness.is_almost}


def _candidates(weights: Weights, *, since: datetime, until: datetime) -> set[int]:
    """Return the newest that hold one of the rarest terms."""
    found: set[int] = set()
    shared = [term for term in weights.worths if weights.counts.get(term, 0) > 1]
    for term in sorted(shared, key=lambda term: (-weights.worths[term], term))[:ASKED_TERMS]:
        held = InquiryTerm.objects.filter(term=term, received_at__gte=since, received_at__lte=until)
        found.update(held.order_by("-received_at").values_list("inquiry_id", flat=True)[:NEWEST_OF_TERM])
    return found
