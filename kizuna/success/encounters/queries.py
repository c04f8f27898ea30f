"""Read encounters."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from kizuna.base.web.opened import Change, Opened
from kizuna.core.members.models import Member
from kizuna.core.members.policies import DESK, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Contact
from kizuna.success.encounters.models import Encounter, EncounterPerson, EncounterVersion

KEPT = ("kind", "direction", "minutes", "title", "body", "is_internal")


def encounters_visible_to(viewer: Viewer) -> QuerySet[Encounter]:
    """Return the encounters the viewer may see: all that were not removed, for those with the desk."""
    rows = Encounter.objects.filter(is_removed=False)
    return rows if can_use_desk(viewer) else rows.none()


def with_people(rows: QuerySet[Encounter]) -> QuerySet[Encounter]:
    """Return encounters with who took part, in one more statement."""
    return rows.prefetch_related(Prefetch("people", EncounterPerson.objects.select_related("contact", "member")))


def encounter_for(viewer: Viewer, encounter_id: int) -> Encounter:
    """Return an encounter, or Http404."""
    rows = encounters_visible_to(viewer).select_related("account", "author")
    found = with_people(rows).filter(pk=encounter_id).first()
    if found is None:
        raise Http404
    return found


def opened_values(encounter: Encounter) -> dict[str, Any]:
    """Return what the form of an encounter shows, as it is stored now."""
    people = encounter.people.order_by("contact_id", "member_id").values_list("contact_id", "member_id")
    return {**{name: getattr(encounter, name) for name in KEPT}, "at": encounter.at, "people": list(people)}


def encounter_opened(encounter: Encounter) -> Opened:
    """Return what the form of an encounter is opened on."""
    number = encounter.versions.order_by("-pk").values_list("pk", flat=True).first()
    return Opened.on(opened_values(encounter), number=number)


def changes_after(encounter: Encounter, *, after: int) -> list[Change]:
    """Return who changed an encounter after a version, the latest first."""
    rows = EncounterVersion.objects.filter(encounter=encounter, pk__gt=after).select_related("by").order_by("-pk")
    return [Change(row.by.name if row.by else "", row.at) for row in rows[:20]]


def versions_of(encounter: Encounter) -> list[EncounterVersion]:
    """Return what an encounter was before, the latest first."""
    return list(encounter.versions.select_related("by").order_by("-at", "-pk")[:50])


def contacts_at(account: Account) -> list[Contact]:
    """Return who works at an account."""
    seats = Contact.objects.filter(employments__account=account, employments__ended_at=None)
    return list(seats.distinct().order_by("reading", "id")[:200])


def team() -> list[Member]:
    """Return the colleagues with the desk."""
    grants = Member.objects.filter(role_grants__role__in=DESK, state=Member.State.ACTIVE, is_system=False)
    return list(grants.distinct().order_by("reading", "id"))
