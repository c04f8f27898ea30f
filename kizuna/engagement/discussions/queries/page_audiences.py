"""Audiences as a topic may have one of its own: what is offered, and what is said of it."""

from django.utils.translation import ngettext

from kizuna.core.members.models import Audience
from kizuna.core.members.queries import audience_label, audience_sizes, shown_names
from kizuna.core.members.viewer import PUBLIC, Viewer


def offered(viewer: Viewer) -> list[tuple[str, str]]:
    """Return what the viewer may choose for a topic that they open, with how many are listed; nothing but for the team."""
    if not viewer.is_staff:
        return []
    sizes = audience_sizes()
    own = Audience.objects.filter(pk__in=viewer.audience_ids).exclude(pk=PUBLIC).order_by("id")
    return [(str(audience.pk), _with_size(audience, sizes.get(audience.pk, 0), viewer)) for audience in own]


def name_for(viewer: Viewer, audience_id: int) -> str:
    """Return the name of an audience to who may read the topic: to the team its own, to others the one told to those in it."""
    if not viewer.is_staff:
        return shown_names(viewer).get(audience_id, "")
    found = Audience.objects.filter(pk=audience_id).first()
    return audience_label(found, viewer.language) if found else ""


def _with_size(audience: Audience, size: int, viewer: Viewer) -> str:
    name = audience_label(audience, viewer.language)
    if audience.kind == Audience.Kind.BUILT_IN:
        return name
    return ngettext("%(name)s (%(number)s person)", "%(name)s (%(number)s people)", size) % {
        "name": name,
        "number": size,
    }
