"""Read encounters."""

from django.db.models import QuerySet
from django.http import Http404

from kizuna.core.members.models import Member
from kizuna.core.members.policies import DESK, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Contact
from kizuna.success.encounters.models import Encounter, EncounterVersion


def encounters_visible_to(viewer: Viewer) -> QuerySet[Encounter]:
    """Return the encounters the viewer may see: all that were not removed, for those with the desk."""
    rows = Encounter.objects.filter(is_removed=False)
    return rows if can_use_desk(viewer) else rows.none()


def encounter_for(viewer: Viewer, encounter_id: int) -> Encounter:
    """Return an encounter, or Http404."""
    rows = encounters_visible_to(viewer).select_related("account", "author")
    found = rows.prefetch_related("people__contact", "people__member").filter(pk=encounter_id).first()
    if found is None:
        raise Http404
    return found


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
