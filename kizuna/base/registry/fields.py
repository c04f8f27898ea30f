"""Groups of fields that an owner may keep from single roles. The one gate is theirs: lower apps ask it through here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kizuna.base.registry.resolve import of


@dataclass(frozen=True)
class FieldGroup:
    """Fields that are shown or hidden together: `label` is the group's word, `holds` says which they are.

    `is_seen(viewer=)` decides, from what owners chose for the viewer's roles. `name` is kept in that choice and stays for good.
    """

    name: str
    label: Any
    holds: Any
    is_seen: Callable[..., bool]


def hidden_from(*, viewer: Any) -> frozenset[str]:
    """Return the names of the groups that the viewer does not see."""
    return frozenset(group.name for group in of(FieldGroup) if not group.is_seen(viewer=viewer))
