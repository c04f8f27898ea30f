"""Many rows at once: `add_up` (sums, firsts, lasts in one pass), `insert_many` (little work), `pointed_at` (who points at them).

`read_rows` reads few, often.
"""

from kizuna.base.rows.adding import add_up
from kizuna.base.rows.inserting import insert_many
from kizuna.base.rows.pointing import pointed_at
from kizuna.base.rows.reading import one_of, read_rows

__all__ = ["add_up", "insert_many", "one_of", "pointed_at", "read_rows"]
