"""How apps declare what can happen. Each app lists its types in its `activities.py`."""

from dataclasses import dataclass, field
from typing import Any


class BadActivity(TypeError):
    """An activity was recorded with properties that its type does not declare."""


@dataclass(frozen=True)
class Counted:
    """A further count that rollups keep of an activity, such as the answers of whoever was accepted.

    `whom`: whose count, "actor" or a property that holds a member's id; `only`: properties the activity must have.
    """

    name: str
    whom: str = "actor"
    only: dict[str, Any] = field(default_factory=dict)

    def member_of(self, *, actor_id: int | None, props: dict[str, Any]) -> int | None:
        """Return whose count the activity raises, None for nobody's."""
        if any(props.get(name) != value for name, value in self.only.items()):
            return None
        return actor_id if self.whom == "actor" else props.get(self.whom)


@dataclass(frozen=True)
class ActivityType:
    """A verb such as `topic.posted`, with its properties (ids and small facts, never bodies).

    `props` maps each property's name to its type (int, str, bool, float); None is always allowed.
    `channel` names the timeline channel the activity shows up in, "" when it is no touchpoint.
    `counted`: what rollups count besides the verb of its actor.
    """

    verb: str
    description: str
    props: dict[str, type] = field(default_factory=dict)
    channel: str = ""
    counted: tuple[Counted, ...] = ()

    def checked(self, props: dict[str, Any]) -> dict[str, Any]:
        """Return `props` if they fit the declaration, else raise BadActivity."""
        if unknown := set(props) - set(self.props):
            raise BadActivity(f"{self.verb} does not declare {sorted(unknown)}.")
        for name, value in props.items():
            if value is not None and not isinstance(value, self.props[name]):
                raise BadActivity(f"{self.verb}.{name} must be {self.props[name].__name__}, not {value!r}.")
        return props
