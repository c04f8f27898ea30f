"""Write the timeline. Every source names its own key, so that writing again changes nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kizuna.base.registry import TouchpointChannel, of
from kizuna.base.rows import insert_many, update_many
from kizuna.base.text.japanese import fold
from kizuna.success.customers.models import Account, Employment, Touchpoint

# What follows the source after a correction; whose it is and when it was, too.
FOLLOWING = ("account_id", "contact_id", "member_id", "at", "title", "excerpt", "search_text", "url", "is_internal")
COLUMNS = {"account_id": "account", "contact_id": "contact", "member_id": "member"}


@dataclass(frozen=True)
class Touch:
    """One thing that happened. Sources in other apps fill it; `key` is theirs and stays the same for the same thing."""

    key: str
    channel: str
    at: datetime
    account_id: int | None = None
    contact_id: int | None = None
    member_id: int | None = None
    kind: str = ""
    direction: str = Touchpoint.Direction.NONE
    title: str = ""
    excerpt: str = ""
    url: str = ""
    source_type: str = ""
    source_id: int | None = None
    is_internal: bool = False


@transaction.atomic
def write_touchpoints(touches: Sequence[Touch]) -> int:
    """Write what is not written yet. Where somebody was in touch the account's last touch moves on. Returns how many were new."""
    if not touches:
        return 0
    keys = [touch.key for touch in touches]
    known = set(Touchpoint.objects.filter(key__in=keys).values_list("key", flat=True))
    rows = [_row(touch) for touch in touches if touch.key not in known]
    insert_many(rows, ignore_conflicts=True)
    _move_on(rows)
    return len(rows)


@transaction.atomic
def keep_touchpoints(touches: Sequence[Touch]) -> int:
    """Write what is not written yet, and let what is there follow its source. Returns how many rows are others now."""
    held = {row.key: row for row in Touchpoint.objects.filter(key__in=[touch.key for touch in touches])}
    following = []
    for touch in touches:
        row, wanted = held.get(touch.key), _row(touch)
        if row is None:
            continue
        differing = [name for name in FOLLOWING if getattr(row, name) != getattr(wanted, name)]
        for name in differing:
            setattr(row, name, getattr(wanted, name))
        following += [row] if differing else []
    update_many(following, [COLUMNS.get(name, name) for name in FOLLOWING])
    _move_on(following)
    return len(following) + write_touchpoints([touch for touch in touches if touch.key not in held])


def _move_on(rows: Sequence[Touchpoint]) -> None:
    """Let the last touch of accounts move on; it never goes back."""
    latest: dict[int, datetime] = {}
    to_know = {channel.name for channel in of(TouchpointChannel) if not channel.is_contact}
    for row in rows:
        if row.account_id and row.channel not in to_know:
            latest[row.account_id] = max(row.at, latest.get(row.account_id, row.at))
    accounts = Account.objects.select_for_update(of=("self",)).only("last_touched_at").order_by("pk")
    later = [
        account
        for account in accounts.filter(pk__in=list(latest))
        if account.last_touched_at is None or account.last_touched_at < latest[account.pk]
    ]
    for account in later:
        account.last_touched_at = latest[account.pk]
    update_many(later, ["last_touched_at"])


@transaction.atomic
def rewrite_touchpoint(*, key: str, title: str, excerpt: str, is_internal: bool) -> None:
    """Let a touchpoint follow its source after an edit."""
    Touchpoint.objects.filter(key=key).update(
        title=title[:200], excerpt=excerpt[:400], search_text=fold(f"{title}\n{excerpt}"), is_internal=is_internal
    )


def remove_touchpoint(*, key: str) -> None:
    """Take a touchpoint away whose source is gone."""
    Touchpoint.objects.filter(key=key).delete()


def remove_touchpoints(*, keys: Sequence[str]) -> None:
    """Take many touchpoints away."""
    Touchpoint.objects.filter(key__in=list(keys)).delete()


@transaction.atomic
def forget_touches_of_activities() -> None:
    """Take everything away that a rebuild writes again."""
    Touchpoint.objects.filter(key__startswith="activity:").delete()


def touches_of_member(*, member_id: int, touch: Touch) -> list[Touch]:
    """Return one touch per account at which the member worked at that moment; none when nobody knows them."""
    at_work = Q(started_at__lte=touch.at) & (Q(ended_at=None) | Q(ended_at__gt=touch.at))
    places = Employment.objects.filter(at_work, contact__member_id=member_id).values_list("account_id", "contact_id")
    return [
        Touch(
            **{**asdict(touch), "key": f"{touch.key}:{account_id}", "account_id": account_id, "contact_id": contact_id}
        )
        for account_id, contact_id in sorted(set(places))
    ]


def _row(touch: Touch) -> Touchpoint:
    return Touchpoint(
        **{**asdict(touch), "title": touch.title[:200], "excerpt": touch.excerpt[:400], "url": touch.url[:200]},
        search_text=fold(f"{touch.title}\n{touch.excerpt}"),
    )
