"""Find customers and people by a few letters, for a search that answers while somebody types."""

from django.db.models import Q

from kizuna.base.text.japanese import fold
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import naming, seeing
from kizuna.success.customers.models import Account, Contact, Employment
from kizuna.success.customers.queries.lists import by_name, phone_asked
from kizuna.success.customers.queries.visible import accounts_visible_to, contacts_visible_to


def accounts_named(viewer: Viewer, text: str, *, limit: int) -> list[Account]:
    """Return the customers that a name, a reading or a number fits, those under contract first."""
    seen = accounts_visible_to(viewer).exclude(state=Account.State.MERGED)
    if not text or not seen.exists():
        return []
    found = list(by_name(seen, text, phone=phone_asked(viewer, text)).order_by("reading", "id")[: 4 * limit])
    return sorted(found, key=lambda account: account.state != Account.State.ACTIVE)[:limit]


def people_named(viewer: Viewer, text: str, *, limit: int) -> list[Contact]:
    """Return the people whose name, reading or address holds every word, or whose telephone it is; where these are hidden, by name."""
    if not fold(text).split():
        return []
    people = contacts_visible_to(viewer)
    if phone := phone_asked(viewer, text):
        return list(people.filter(phone_key=phone).order_by("reading", "id")[:limit])
    if seeing.sees(viewer, seeing.CONTACT):
        for word in fold(text).split():
            people = people.filter(search_text__contains=word)
    else:
        for word in text.split():
            people = people.filter(_named(word))
    return list(people.order_by("reading", "id")[:limit])


def places_of(contact_ids: list[int]) -> dict[int, str]:
    """Return where each of these people works now."""
    seats = Employment.objects.filter(contact_id__in=contact_ids, ended_at=None).select_related("account")
    return {seat.contact_id: seat.account.name for seat in seats.order_by("-started_at", "-pk")}


def _named(word: str) -> Q:
    named = Q(name__icontains=word) | Q(kana__icontains=word)
    folded = naming.folded(word)
    return named | Q(reading__contains=folded) if folded else named
