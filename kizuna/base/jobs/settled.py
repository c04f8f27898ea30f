"""How far a cursor over ids may go: never past a row that a running transaction may still commit.

PostgreSQL hands out ids before the commit, so they become visible out of order. Comparing `xmin` with the oldest running
transaction is not enough for a cursor over ids (a transaction may take its number late and its id early), but every
writer of a table holds its lock from before it takes an id until it ends. So: read the highest id, then who holds the lock;
when all of those have ended, nothing at or below that id can still appear. SQLite has one writer: ids commit in order.
"""

from django.db import connection
from django.db.models import Max, Model

WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND relation = %s::regclass
"""


def highest_id(model: type[Model]) -> int:
    """Return the highest id that is visible now. Read it before `open_writers`."""
    return model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0


def open_writers(model: type[Model]) -> list[str]:
    """Return the running transactions that may have written to the table and are not committed yet."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [model._meta.db_table])
        return [row[0] for row in cursor.fetchall()]
