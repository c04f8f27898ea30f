"""What needs me today: deadlines, reviews, questions and notes of my accounts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.engagement.discussions.queries import topics_visible_to
from kizuna.success.customers.models import Account, Employment, MatchDecision, Note, Touchpoint
from kizuna.success.customers.queries.visible import accounts_visible_to, notes_visible_to, touchpoints_visible_to

AHEAD = timedelta(days=30)
LIMIT = 10
QUIET = timedelta(days=45)


@dataclass(frozen=True)
class Today:
    notices: list[Account]
    reviews: list[Account]
    quiet: list[Account]
    questions: list[tuple[Topic, Account]]
    mentions: list[Note]
    latest: list[Touchpoint]
    matches: int
    ownerless: int


def today_of(viewer: Viewer, *, now: datetime, today: date) -> Today:
    """Return what waits for the viewer: their own accounts, and what belongs to nobody."""
    seen = accounts_visible_to(viewer)
    mine = seen.filter(owner_id=viewer.own_id).exclude(state=Account.State.MERGED)
    active = mine.filter(state=Account.State.ACTIVE)
    return Today(
        notices=list(
            mine.filter(notice_by__gte=today, notice_by__lte=today + AHEAD).order_by("notice_by", "id")[:LIMIT]
        ),
        reviews=list(mine.filter(next_review_on__lte=today).order_by("next_review_on", "id")[:LIMIT]),
        quiet=list(active.filter(last_touched_at__lt=now - QUIET).order_by("last_touched_at", "id")[:LIMIT]),
        questions=_questions(viewer),
        mentions=list(
            notes_visible_to(viewer)
            .filter(mentions__member_id=viewer.own_id, created_at__gt=now - timedelta(days=14))
            .select_related("account", "author")
            .order_by("-created_at")[:LIMIT]
        ),
        latest=list(
            touchpoints_visible_to(viewer)
            .filter(
                account__owner_id=viewer.own_id,
                at__gt=now - timedelta(days=7),
                source_type__in=("note", "contract", ""),
            )
            .select_related("account")
            .order_by("-at", "-id")[:LIMIT]
        ),
        matches=MatchDecision.objects.filter(verdict=MatchDecision.Verdict.PROPOSED).count() if seen.exists() else 0,
        ownerless=seen.filter(owner=None, state=Account.State.ACTIVE)[:1000].count(),
    )


def _questions(viewer: Viewer) -> list[tuple[Topic, Account]]:
    """Return open questions asked by people of my accounts, the longest waiting first."""
    seats = Employment.objects.filter(
        account__owner_id=viewer.own_id, ended_at=None, contact__member__isnull=False
    ).select_related("account", "contact")[:2000]
    accounts = {seat.contact.member_id: seat.account for seat in seats}
    asked = topics_visible_to(viewer).filter(
        author_id__in=list(accounts),
        space__kind=Space.Kind.QUESTION,
        accepted_post__isnull=True,
        is_closed=False,
        state=State.VISIBLE,
    )
    return [
        (topic, accounts[topic.author_id]) for topic in asked.select_related("author").order_by("created_at")[:LIMIT]
    ]
