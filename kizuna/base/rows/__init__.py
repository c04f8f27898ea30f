"""Many rows at once: `add_up` (sums, firsts, lasts in one pass), `insert_many` (little work), `pointed_at` (who points at them)."""

from kizuna.base.rows.adding import add_up
from kizuna.base.rows.inserting import insert_many
from kizuna.base.rows.pointing import pointed_at

__all__ = ["add_up", "insert_many", "pointed_at"]
