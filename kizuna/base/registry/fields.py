"""Groups of fields that an owner may keep from single roles. The one gate is theirs: lower apps ask it through here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kizuna.base.registry.resolve import of


@dataclass(frozen=True)
class FieldGroup:
    """Fields that are shown or hidden together: `label` is the group's word, `holds` says which they are.

    `is_seen(viewer=)` decides, from what owners chose for the viewer's roles, `is_shown(role=)` is that choice for one role.
    `name` is kept in it and stays for good.
    """

    name: str
    label: Any
    holds: Any
    is_seen: Callable[..., bool]
    is_shown: Callable[..., bool]


def hidden_from(*, viewer: Any) -> frozenset[str]:
    """Return the names of the groups that the viewer does not see."""
    return frozenset(group.name for group in of(FieldGroup) if not group.is_seen(viewer=viewer))


def shows_more(*, role: str, viewer: Any) -> bool:
    """Tell whether a role sees a group that the viewer does not see: they cannot hand it on, or they would see it after all."""
    return any(group.is_shown(role=role) and not group.is_seen(viewer=viewer) for group in of(FieldGroup))
