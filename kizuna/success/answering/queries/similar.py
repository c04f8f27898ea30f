"""What asks the same as an inquiry: numbers and rows, each from the stored links; and the groups that grow."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from kizuna.core.members.viewer import Viewer
from kizuna.success.answering import likeness
from kizuna.success.answering.models import AnswerItem, SimilarLink
from kizuna.success.effort.models import Effort
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryWork
from kizuna.success.inbox.queries import inquiries_visible_to
from kizuna.success.tasks import models as tasks

DAYS = (7, 14, 30, 90)
USUAL = 14
MOST = 200
SHOWN_FROM = 3  # a hint in the queue, a group of the week
GROUPED_AT_MOST = 4_000  # links looked at for the groups of a week
ON_ITS_WAY = (Delivery.State.HELD, Delivery.State.SENDING)
WITH = ("account", "contact", "member", "owner")


@dataclass(frozen=True)
class Similar:
    """An inquiry with those that ask the same, it itself first, the newest next."""

    rows: list[Inquiry]
    minutes: dict[int, int]
    on_its_way: frozenset[int]
    to_call: frozenset[int] = frozenset()
    is_cut: bool = False
    removed: list[Inquiry] = field(default_factory=list)

    @property
    def waiting(self) -> list[Inquiry]:
        """Return those that have no answer yet."""
        return [row for row in self.rows if is_waiting(row)]

    @property
    def accounts(self) -> int:
        return _accounts(self.rows)

    @property
    def waiting_accounts(self) -> int:
        return _accounts(self.waiting)

    @property
    def unknown(self) -> int:
        """Return how many belong to no customer that is known."""
        return sum(row.account_id is None for row in self.rows)

    @property
    def minutes_all(self) -> int:
        return sum(self.minutes.get(row.pk, 0) for row in self.rows)

    @property
    def minutes_waiting(self) -> int:
        return sum(self.minutes.get(row.pk, 0) for row in self.waiting)

    @property
    def channels(self) -> list[tuple[str, int]]:
        return Counter(row.channel for row in self.rows).most_common()


@dataclass(frozen=True)
class Group:
    """A question of the week: the inquiry that most others are like, how many there are, and how many the week before."""

    first: Inquiry
    ids: list[int]
    accounts: int
    waiting: int
    before: int

    @property
    def count(self) -> int:
        return len(self.ids)


def is_waiting(row: Inquiry) -> bool:
    """Tell whether nobody has answered an inquiry, from here or otherwise."""
    return row.first_response_at is None and not row.is_closed


def similar_to(viewer: Viewer, inquiry: Inquiry, *, days: int, now: datetime) -> Similar:
    """Return what asks the same as an inquiry and came in within some days."""
    seen = inquiries_visible_to(viewer).select_related(*WITH)
    links = SimilarLink.objects.filter(inquiry=inquiry, is_removed=False)
    links = links.filter(other_received_at__gte=now - timedelta(days=days), other_received_at__lte=now)
    ids = list(links.order_by("-other_received_at").values_list("other_id", flat=True)[: MOST + 1])
    others = sorted(seen.filter(pk__in=ids[:MOST]), key=lambda row: (row.received_at, row.pk), reverse=True)
    rows = [inquiry, *others]
    taken = SimilarLink.objects.filter(inquiry=inquiry, is_removed=True).values("other_id")
    return Similar(
        rows=rows,
        minutes=minutes_of([row.pk for row in rows]),
        on_its_way=frozenset(_on_its_way([row.pk for row in rows])),
        to_call=frozenset(to_call([row.pk for row in rows])),
        is_cut=len(ids) > MOST,
        removed=list(seen.filter(pk__in=taken).order_by("-received_at")[:20]),
    )


def counts_of(ids: list[int], *, now: datetime, days: int = USUAL) -> dict[int, int]:
    """Return how many ask the same, they themselves counted, of those for which there are some."""
    links = SimilarLink.objects.filter(
        inquiry__in=ids,
        is_removed=False,
        other_received_at__gte=now - timedelta(days=days),
        other_received_at__lte=now,
    )
    found = links.order_by().values_list("inquiry_id").annotate(count=Count("pk"))
    return {pk: count + 1 for pk, count in found if count + 1 >= SHOWN_FROM}


def growing(viewer: Viewer, *, now: datetime, days: int = 7, limit: int = 20) -> tuple[list[Group], bool]:
    """Return the groups of the last days, those that grew most first, and whether only the newest were looked at."""
    since, before = now - timedelta(days=days), now - timedelta(days=2 * days)
    links = SimilarLink.objects.filter(
        is_removed=False,
        other_received_at__gte=since,
        other_received_at__lte=now,
        inquiry__received_at__gte=since,
        inquiry__received_at__lte=now,
    )
    pairs = list(links.order_by("-pk").values_list("inquiry_id", "other_id")[: GROUPED_AT_MOST + 1])
    rows = inquiries_visible_to(viewer).in_bulk({pk for pair in pairs[:GROUPED_AT_MOST] for pk in pair})
    order = sorted(rows, key=lambda pk: (rows[pk].received_at, pk), reverse=True)
    found = []
    for ids in likeness.groups([pair for pair in pairs[:GROUPED_AT_MOST] if set(pair) <= rows.keys()], order):
        if len(ids) < SHOWN_FROM:
            continue
        members = [rows[pk] for pk in ids]
        earlier = SimilarLink.objects.filter(
            inquiry__in=ids, is_removed=False, other_received_at__gte=before, other_received_at__lt=since
        )
        count = earlier.aggregate(count=Count("other_id", distinct=True))["count"]
        waiting = sum(map(is_waiting, members))
        found.append(Group(_middle(members, pairs), ids, _accounts(members), waiting, count))
    found.sort(key=lambda group: (group.before - group.count, -group.count, -group.first.pk))
    return found[:limit], len(pairs) > GROUPED_AT_MOST


def minutes_of(ids: list[int]) -> dict[int, int]:
    """Return the minutes noted on each of some inquiries: of exactly these, by everybody."""
    rows = InquiryWork.objects.filter(inquiry__in=ids)
    work = list(rows.values_list("inquiry_id", "effort_id", "member_id", "timer_started_at"))
    by_effort = {effort_id: pk for pk, effort_id, _member, _at in work if effort_id}
    by_timer = {(member_id, at): pk for pk, _effort, member_id, at in work if at is not None}
    noted = Q(pk__in=by_effort)
    if by_timer:
        noted |= Q(started_at__in={at for _member, at in by_timer}, member__in={member for member, _at in by_timer})
    found: Counter[int] = Counter()
    efforts = Effort.objects.filter(noted, is_removed=False).values_list("pk", "member_id", "started_at")
    for pk, member_id, started_at, minutes in efforts.annotate(sum=Sum("minutes")):
        of = by_effort.get(pk) or by_timer.get((member_id, started_at))
        if of is not None:
            found[of] += minutes
    return dict(found)


def to_call(ids: list[int]) -> set[int]:
    """Return those for which a task to call them, made by an answer to many, still waits."""
    items = AnswerItem.objects.filter(inquiry__in=ids, state=AnswerItem.State.CALL, task__isnull=False)
    return set(items.exclude(task__state__in=tasks.CLOSED).values_list("inquiry_id", flat=True))


def _middle(members: list[Inquiry], pairs: list[tuple[int, int]]) -> Inquiry:
    """Return the one that most others of its group are like; the newest of several."""
    inside = {row.pk for row in members}
    near = Counter(one for one, other in pairs if one in inside and other in inside)
    return max(members, key=lambda row: (near[row.pk], row.received_at, row.pk))


def _on_its_way(ids: list[int]) -> set[int]:
    """Return those for which an answer is held or being sent, alone or with others."""
    deliveries = Delivery.objects.filter(message__inquiry__in=ids, state__in=ON_ITS_WAY)
    items = AnswerItem.objects.filter(inquiry__in=ids, state=AnswerItem.State.HELD)
    return {*deliveries.values_list("message__inquiry_id", flat=True), *items.values_list("inquiry_id", flat=True)}


def _accounts(rows: list[Inquiry]) -> int:
    return len({row.account_id for row in rows if row.account_id is not None})
