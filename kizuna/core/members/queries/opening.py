"""What forms of Studio are opened on: actions compare the same values under their lock."""

from typing import Any

from kizuna.base.web.opened import Opened, by_field
from kizuna.core.community.queries import last_change
from kizuna.core.members.models import Attribute, Audience
from kizuna.core.members.queries.audiences import members_of


def attribute_values(attribute: Attribute) -> dict[str, Any]:
    """Return what the form of an attribute shows of it, besides what stays for good."""
    return by_field({name: getattr(attribute, name) for name in ("label", "hint", "choices", "sees", "edits", "asked")})


def attribute_opened(attribute: Attribute) -> Opened:
    return Opened.on(attribute_values(attribute), number=last_change(f"attribute:{attribute.key}"))


def audience_values(audience: Audience) -> dict[str, Any]:
    """Return what the form of an audience shows of it: its names, and its rule or who is in it."""
    names = by_field({"label": audience.label, "shown_label": audience.shown_label})
    if audience.kind == Audience.Kind.RULE:
        return {**names, "rule": audience.rule}
    return {**names, "who": sorted(members_of(audience).values_list("pk", flat=True))}


def audience_opened(audience: Audience) -> Opened:
    return Opened.on(audience_values(audience), number=last_change(f"audience:{audience.pk}"))
