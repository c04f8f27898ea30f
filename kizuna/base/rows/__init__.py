"""Many rows at once: `add_up` writes sums, firsts and lasts in one pass; `pointed_at` asks who points at rows."""

from kizuna.base.rows.adding import add_up
from kizuna.base.rows.pointing import pointed_at

__all__ = ["add_up", "pointed_at"]
