"""Lengths that sources offer: calls, tickets, notes that say how long something took."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q

from kizuna.base.registry import EffortOffer, EffortSource, of
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import Note
from kizuna.success.customers.queries.visible import notes_visible_to
from kizuna.success.effort.durations import length_said
from kizuna.success.effort.models import Effort, Touch
from kizuna.success.encounters.queries import encounters_visible_to

LIMIT = 30
LOOKED_AT = 300


@dataclass(frozen=True)
class Offered:
    """An offer of a source that the viewer has not taken over yet."""

    source: EffortSource
    offer: EffortOffer


def offers_for(viewer: Viewer, *, since: date, until: date) -> list[Offered]:
    """Return what sources offer the viewer from `since` to before `until`, what was taken left out."""
    found = [
        Offered(source, offer)
        for source in of(EffortSource)
        for offer in source.offered(viewer=viewer, since=since, until=until)
    ]
    keys = {f"{item.source.name}:{item.offer.key}:{viewer.member_id}": item for item in found}
    taken = set(Effort.objects.filter(source_key__in=list(keys)).values_list("source_key", flat=True))
    left = [item for key, item in keys.items() if key not in taken]
    return sorted(left, key=lambda item: (item.offer.day, item.offer.key))[:LIMIT]


def offer_of(viewer: Viewer, source: EffortSource, key: str) -> EffortOffer | None:
    """Return one offer, as the viewer may have it."""
    return next((offer for offer in source.offered(viewer=viewer, key=key) if offer.key == key), None)


def notes_with_lengths(
    *, viewer: Viewer, since: date | None = None, until: date | None = None, key: str = ""
) -> list[EffortOffer]:
    """Return what the viewer's own notes say of the length of a talk."""
    notes = notes_visible_to(viewer).filter(author_id=viewer.own_id).select_related("account")
    if key:
        notes = notes.filter(pk=int(key)) if key.isascii() and key.isdigit() and len(key) < 19 else notes.none()
    if since is not None and until is not None:
        notes = notes.filter(created_at__gte=_midnight(since), created_at__lt=_midnight(until))
    offers = []
    for note in notes.order_by("-created_at", "-pk")[:LOOKED_AT]:
        said = length_said(note.body)
        if said is not None:
            offers.append(_offer(note, *said))
    return offers


def encounters_with_lengths(
    *, viewer: Viewer, since: date | None = None, until: date | None = None, key: str = ""
) -> list[EffortOffer]:
    """Return the lengths of the calls and meetings that the viewer wrote down or took part in."""
    mine = Q(author_id=viewer.own_id) | Q(people__member_id=viewer.own_id)
    rows = encounters_visible_to(viewer).filter(mine, minutes__gte=1, minutes__lte=24 * 60).select_related("account")
    if key:
        rows = rows.filter(pk=int(key)) if key.isascii() and key.isdigit() and len(key) < 19 else rows.none()
    if since is not None and until is not None:
        rows = rows.filter(at__gte=_midnight(since), at__lt=_midnight(until))
    return [
        EffortOffer(
            key=str(row.pk),
            day=local_day(row.at),
            minutes=row.minutes or 0,
            title=f"{row.account.name} {row.title}",
            url=f"/desk/customers/{row.account_id}/timeline/",
            account_id=row.account_id,
            touch=Touch.HIGH,
        )
        for row in rows.distinct().order_by("-at", "-pk")[:LOOKED_AT]
    ]


def _offer(note: Note, minutes: int, words: str) -> EffortOffer:
    return EffortOffer(
        key=str(note.pk),
        day=local_day(note.created_at),
        minutes=minutes,
        title=f"{note.account.name} {words}",
        url=f"/desk/customers/{note.account_id}/timeline/?channel=note#note-{note.pk}",
        account_id=note.account_id,
        contact_id=note.contact_id,
        touch=Touch.HIGH,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(community.setting(keys.TIME_ZONE)))
