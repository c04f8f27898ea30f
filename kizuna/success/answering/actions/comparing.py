"""Keep what inquiries are compared by, and link those that ask the same. Written by a job; nothing here is for eyes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.actions import record
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.encoder import client
from kizuna.success.answering import activities, likeness, policies, queries
from kizuna.success.answering.likeness import Nearness
from kizuna.success.answering.models import InquiryFeatures, InquiryTerm, SimilarLink
from kizuna.success.inbox import quoting
from kizuna.success.inbox.models import Inquiry, InquiryMessage

KEPT = timedelta(days=400)  # so far back past answers are looked for
LINKED = timedelta(days=90)
MOST_LINKS = 500
FEWEST = 3  # that ask the same, before others are taken along
BATCH = 50
MEANT_AT_ONCE = 16


def take_in(*, now: datetime, limit: int) -> int:
    """Keep the terms of inquiries that have none yet, the newest first. Returns how many."""
    known = InquiryFeatures.objects.filter(pk=OuterRef("pk"))
    missing = Inquiry.objects.filter(~Exists(known), received_at__gte=now - KEPT)
    missing = missing.exclude(closed_because=Inquiry.Reason.SPAM).order_by("-received_at", "-pk")
    rows = list(missing[:limit])
    for start in range(0, len(rows), BATCH):
        _keep(rows[start : start + BATCH])
    return len(rows)


def give_meanings(*, limit: int) -> int:
    """Ask the encoder for meanings that lack, the newest first. Returns how many; none while it is away."""
    done = 0
    while done < limit:
        lacking = InquiryFeatures.objects.filter(needs_meaning=True).select_related("inquiry").order_by("-pk")
        rows = list(lacking[:MEANT_AT_ONCE])
        if not rows:
            break
        texts = [likeness.meant(row.inquiry.title, queries.text_of(row.inquiry)) for row in rows]
        try:
            meanings = client.meanings_of(texts)
        except client.EncoderAway:
            break
        for row, meaning in zip(rows, meanings, strict=True):
            row.meaning, row.needs_meaning, row.is_linked = meaning, False, False
        InquiryFeatures.objects.bulk_update(rows, ["meaning", "needs_meaning", "is_linked"])
        done += len(rows)
    return done


def link_waiting(*, now: datetime, limit: int) -> int:
    """Link inquiries that are not compared yet with all that ask the same. Returns how many were compared."""
    rows = list(InquiryFeatures.objects.filter(is_linked=False).order_by("-pk")[:limit])
    for row in rows:
        _link(row, now=now)
    return len(rows)


@transaction.atomic
def remove_similar(*, viewer: Viewer, inquiry: Inquiry, ids: list[int], now: datetime, again: bool = False) -> int:
    """Say that some ask something else, in both directions and for good; `again` takes that back. Returns how many."""
    policies.require_worker(viewer)
    both = Q(inquiry=inquiry, other__in=ids) | Q(other=inquiry, inquiry__in=ids)
    links = SimilarLink.objects.filter(both, is_removed=again)
    found = sorted({*links.values_list("other_id", flat=True), *links.values_list("inquiry_id", flat=True)} - {inquiry.pk})  # fmt: skip
    links.update(
        is_removed=not again, removed_by=None if again else viewer.member_id, removed_at=None if again else now
    )
    if not again:
        for other in found:
            record(
                activities.SIMILAR_REMOVED,
                actor_id=viewer.member_id,
                object_type="inquiry",
                object_id=inquiry.pk,
                at=now,
                props={"other": other},
            )
    return len(found)


def compare_again(*, report: Callable[[str], None]) -> int:
    """Forget every comparison, so that the job makes them anew; what somebody took out stays."""
    with transaction.atomic():
        SimilarLink.objects.filter(is_removed=False).delete()
        InquiryTerm.objects.all().delete()
        count: int = InquiryFeatures.objects.all().delete()[0]
        enqueue("answering.compare", key="answering.compare", priority=-2)
    report(f"similar: {count}")
    return count


@transaction.atomic
def _keep(rows: list[Inquiry]) -> None:
    first: dict[int, str] = {}
    written = InquiryMessage.objects.filter(inquiry__in=rows, direction=InquiryMessage.Direction.IN)
    for inquiry_id, body in written.order_by("-at", "-pk").values_list("inquiry_id", "body"):
        first[inquiry_id] = quoting.split(body)[0]
    terms = {row.pk: likeness.terms_of(row.title, first.get(row.pk, "")) for row in rows}
    InquiryFeatures.objects.bulk_create(
        [
            InquiryFeatures(
                inquiry=row, received_at=row.received_at, terms=sorted(terms[row.pk]), needs_meaning=bool(terms[row.pk])
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
    InquiryTerm.objects.bulk_create(
        [
            InquiryTerm(inquiry=row, term=term, received_at=row.received_at)
            for row in rows
            for term in sorted(terms[row.pk])
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


@transaction.atomic
def _link(row: InquiryFeatures, *, now: datetime) -> None:
    features = queries.features_of(row)
    found = (
        queries.near(
            features,
            queries.weights_of(features.terms, now=now),
            since=row.received_at - LINKED,
            until=row.received_at + LINKED,
            without=row.pk,
        )
        if features.terms
        else {}
    )
    nearest = dict(sorted(_same(found).items(), key=lambda item: -item[1].score)[:MOST_LINKS])
    times = dict(Inquiry.objects.filter(pk__in=nearest).values_list("pk", "received_at"))
    _drop_others(row.pk, set(times))
    links = []
    for pk, received_at in times.items():
        score = nearest[pk].score
        links.append(SimilarLink(inquiry_id=row.pk, other_id=pk, other_received_at=received_at, score=score))
        links.append(SimilarLink(inquiry_id=pk, other_id=row.pk, other_received_at=row.received_at, score=score))
    SimilarLink.objects.bulk_create(links, ignore_conflicts=True, batch_size=200)
    InquiryFeatures.objects.filter(pk=row.pk, meaning=row.meaning).update(is_linked=True)


def _same(found: dict[int, Nearness]) -> dict[int, Nearness]:
    """Return those that ask the same, and those almost so near that are linked to most of them: a letter that asks two things."""
    same = {pk: nearness for pk, nearness in found.items() if nearness.is_same}
    links = SimilarLink.objects.filter(inquiry__in=found.keys() - same.keys(), other__in=same, is_removed=False)
    counts = links.order_by().values_list("inquiry_id").annotate(count=Count("pk"))
    enough = max(FEWEST, len(same) / 2)
    return same | {pk: found[pk] for pk, count in counts if count >= enough}


def _drop_others(inquiry_id: int, kept: set[int]) -> None:
    """Drop links that do not hold any more, now that the meaning is known."""
    links = SimilarLink.objects.filter(Q(inquiry=inquiry_id) | Q(other=inquiry_id), is_removed=False)
    gone = [pk for pk, one, other in links.values_list("pk", "inquiry_id", "other_id") if not {one, other} & kept]
    SimilarLink.objects.filter(pk__in=gone).delete()
