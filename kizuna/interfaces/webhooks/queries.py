"""Read endpoints and deliveries."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from kizuna.core.activity.catalogue import declared_types
from kizuna.core.activity.models import Activity
from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint

LOOKED_BACK = timedelta(days=7)


def is_anything_told() -> bool:
    """Tell whether there is an endpoint that hears anything just now."""
    return Endpoint.objects.filter(state=Endpoint.State.ACTIVE).exists()


def endpoints_visible_to(viewer: Viewer) -> QuerySet[Endpoint]:
    """Return the endpoints, for those who keep them."""
    endpoints = Endpoint.objects.select_related("made_by").order_by("pk")
    return endpoints if can_manage(viewer) else endpoints.none()


def endpoint_of_key(key: str) -> Endpoint | None:
    """Return the chat whose buttons are told of at this address."""
    found = Endpoint.objects.filter(key=key, state=Endpoint.State.ACTIVE).first() if key else None
    return found if found is not None and found.has_buttons else None


def endpoint_for(viewer: Viewer, endpoint_id: int) -> Endpoint:
    """Return an endpoint or raise Http404."""
    return _or_404(endpoints_visible_to(viewer).filter(pk=endpoint_id).first())


def deliveries_visible_to(viewer: Viewer) -> QuerySet[Delivery]:
    """Return what was and will be told, the latest first."""
    deliveries = Delivery.objects.select_related("endpoint", "activity").order_by("-pk")
    return deliveries if can_manage(viewer) else deliveries.none()


def delivery_for(viewer: Viewer, delivery_id: int) -> Delivery:
    """Return a delivery or raise Http404."""
    return _or_404(deliveries_visible_to(viewer).filter(pk=delivery_id).first())


def attempts_of(delivery: Delivery) -> list[Attempt]:
    """Return the attempts at a delivery, the latest first."""
    return list(Attempt.objects.filter(delivery=delivery).order_by("-pk")[:100])


def counts_of(viewer: Viewer, *, now: datetime) -> dict[int, dict[str, int]]:
    """Return how many deliveries of each endpoint came to which state in the last days, and how many wait."""
    recent = deliveries_visible_to(viewer).filter(Q(created_at__gte=now - LOOKED_BACK) | Q(state="waiting"))
    found: dict[int, dict[str, int]] = {}
    for row in recent.order_by().values("endpoint_id", "state").annotate(number=Count("pk")):
        found.setdefault(row["endpoint_id"], {})[row["state"]] = row["number"]
    return found


def due_endpoints(*, now: datetime) -> list[int]:
    """Return the endpoints for which something is due and nobody sends, the longest waiting first."""
    due = Delivery.objects.filter(endpoint_id=OuterRef("pk"), state=Delivery.State.WAITING, next_at__lte=now)
    free = Q(held_until=None) | Q(held_until__lte=now)
    rested = Q(rest_until=None) | Q(rest_until__lte=now)
    ready = Endpoint.objects.filter(free, rested, Exists(due), state=Endpoint.State.ACTIVE)
    return list(ready.order_by("rest_until", "pk").values_list("pk", flat=True))


def next_delivery(endpoint: Endpoint, *, now: datetime) -> Delivery | None:
    """Return what is due next for an endpoint."""
    due = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING, next_at__lte=now)
    return due.select_related("activity").order_by("next_at", "pk").first()


def was_told(endpoint: Endpoint, activity: Activity) -> bool:
    """Tell whether an endpoint heard of an activity's thing before."""
    return Delivery.objects.filter(
        endpoint=endpoint,
        state=Delivery.State.DONE,
        activity__object_type=activity.object_type,
        activity__object_id=activity.object_id,
    ).exists()


def owners() -> list[int]:
    """Return the members who own the community."""
    held = RoleGrant.objects.filter(role=Role.OWNER, member__state=Member.State.ACTIVE, member__is_system=False)
    return list(held.values_list("member_id", flat=True))


def verbs() -> dict[str, list[tuple[str, str]]]:
    """Return what can be told: app, then (verb, what happened)."""
    found = {
        app.rpartition(".")[2]: [(item.verb, item.description) for item in types]
        for app, types in declared_types().items()
    }
    return {app: types for app, types in found.items() if types}


def known_verbs() -> frozenset[str]:
    """Return every verb there is."""
    return frozenset(verb for types in verbs().values() for verb, _words in types)


def _or_404(row: Any) -> Any:
    if row is None:
        raise Http404
    return row
