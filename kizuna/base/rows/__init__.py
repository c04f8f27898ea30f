"""Many rows at once: `add_up` (sums, firsts, lasts in one pass), `insert_many` (objects that get ids), `insert_plain` and
`update_many` (one statement), `pointed_at` (who points at them). And few rows, often: `read_rows`.
"""

from kizuna.base.rows.adding import add_up
from kizuna.base.rows.inserting import insert_many
from kizuna.base.rows.plain import insert_plain, update_many
from kizuna.base.rows.pointing import pointed_at
from kizuna.base.rows.reading import one_of, read_rows

__all__ = ["add_up", "insert_many", "insert_plain", "one_of", "pointed_at", "read_rows", "update_many"]
