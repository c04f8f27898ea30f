"""Read members as people: profile, directory, names to mention."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.text.japanese import fold
from kizuna.base.web.numbers import whole
from kizuna.core.members.models import HandleReservation, Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.viewer import Viewer

PAGE = 40


@dataclass(frozen=True)
class MemberPage:
    """A part of the directory and the key of the next part ("" at the end)."""

    members: list[Member]
    after: str


def members_visible_to(viewer: Viewer) -> QuerySet[Member]:
    """Return the people whose page the viewer may open: active, and their profile's audience is the viewer's."""
    is_shown = Q(audience_id__in=viewer.audience_ids) | Q(pk=viewer.own_id)
    return Member.objects.filter(is_shown, state=Member.State.ACTIVE, is_system=False)


def person_for(viewer: Viewer, handle: str) -> Member:
    """Return the member with that handle, or Http404 when the viewer may not see the page."""
    member = members_visible_to(viewer).filter(handle=handle).first()
    if member is None:
        raise Http404
    return member


def current_handle(viewer: Viewer, handle: str) -> str | None:
    """Return today's handle of the member who once had `handle`, if the viewer may know."""
    reservation = HandleReservation.objects.filter(handle=handle).first()
    if reservation is None:
        return None
    return members_visible_to(viewer).filter(pk=reservation.member_id).values_list("handle", flat=True).first()


def by_name(members: QuerySet[Member], text: str) -> QuerySet[Member]:
    """Narrow to members whose name, reading (kana or Latin letters), handle or company holds every word of `text`."""
    for word in fold(text).split():
        members = members.filter(Q(search_text__contains=word) | Q(handle__contains=word))
    return members


def page_of_members(viewer: Viewer, *, text: str = "", after: str = "", limit: int = PAGE) -> MemberPage:
    """Return a part of the directory in the order of readings, after the key of the part before."""
    members = by_name(members_visible_to(viewer).filter(is_imported=False), text).order_by("reading", "id")
    if after:
        reading, _, key = after.rpartition(":")
        last_id = whole(key)
        if last_id is None:
            raise Http404
        members = members.filter(Q(reading__gt=reading) | Q(reading=reading, id__gt=last_id))
    found = list(members[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return MemberPage(members=found[:limit], after=f"{last.reading}:{last.pk}" if last else "")


def mentionable(viewer: Viewer, text: str, *, limit: int = 8) -> list[Member]:
    """Return members whom the viewer may mention by what they typed, those who write most first."""
    members = by_name(members_visible_to(viewer).filter(is_imported=False), text)
    return list(members.order_by("-post_count", "reading", "id")[:limit])


def members_named(words: list[str]) -> tuple[list[Member], list[str]]:
    """Return the members whom handles or addresses name, and the words that name nobody. For the team alone."""
    keys = {word: normalised_email(word.lstrip("@")) for word in words}
    people = Member.objects.filter(state=Member.State.ACTIVE, is_system=False)
    found = people.filter(Q(handle__in=keys.values()) | Q(email_key__in=[key for key in keys.values() if "@" in key]))
    members = list(found.order_by("reading", "id"))
    known = {text for member in members for text in (member.handle, member.email_key)}
    return members, [word for word, key in keys.items() if key not in known]
