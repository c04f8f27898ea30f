"""An occasion: what happened, as far as telling of it goes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Occasion:
    """One activity to tell of: its kind, what it is about, what it belongs to, by whom and when."""

    kind: str
    target_type: str
    target_id: int
    group_key: str
    actor_id: int | None
    activity_id: int | None
    at: datetime
    props: dict[str, Any] = field(default_factory=dict)
    act_ids: list[int] = field(default_factory=list)  # the other activities that came of the same act

    def as_args(self) -> dict[str, Any]:
        """Return it in the shape of a job's args."""
        return {**vars(self), "at": self.at.isoformat()}

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> "Occasion":
        """Return the occasion that a job's args hold."""
        return cls(**{**args, "at": datetime.fromisoformat(args["at"])})
