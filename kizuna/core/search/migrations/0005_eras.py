from django.db import migrations

from kizuna.core.search.engines import ERA_BITS, engine


def add_eras(apps, schema_editor):
    """Write PostgreSQL's index anew: tokens apart from the rows, each row with the token of its era; and make its functions."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in (
        "DROP FUNCTION IF EXISTS search_newest_words(tsquery, integer, bigint)",
        "DROP FUNCTION IF EXISTS search_newest_grams(tsquery, integer, bigint)",
        "DROP INDEX search_index_words",
        "DROP INDEX search_index_grams",
        "ALTER TABLE search_index RENAME TO search_index_before",
        "ALTER INDEX search_index_pkey RENAME TO search_index_before_pkey",
    ):
        schema_editor.execute(statement)
    table, storage, *indexes = engine().create()
    schema_editor.execute(table)
    schema_editor.execute(storage)
    # In the order of time, so that the newest lie together.
    schema_editor.execute(
        "INSERT INTO search_index SELECT row_id, words || era, grams || era FROM search_index_before, "
        f"LATERAL (SELECT array_to_tsvector(ARRAY['~' || (row_id >> {ERA_BITS})]) AS era) AS e ORDER BY row_id",
        params=None,
    )
    schema_editor.execute("DROP TABLE search_index_before")
    for statement in indexes:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0004_narrow_index")]

    # A new database has the index in this shape from its beginning.
    operations = [migrations.RunPython(add_eras, migrations.RunPython.noop, elidable=True)]
