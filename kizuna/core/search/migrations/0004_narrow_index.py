from django.db import migrations

from kizuna.core.search.engines import engine


def make_narrow(apps, schema_editor):
    """Lay the tokens of PostgreSQL's index apart from its rows, and make its functions: the table is written anew."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in (
        "DROP INDEX search_index_words",
        "DROP INDEX search_index_grams",
        "ALTER TABLE search_index RENAME TO search_index_before",
        "ALTER INDEX search_index_pkey RENAME TO search_index_before_pkey",
    ):
        schema_editor.execute(statement)
    table, *rest = engine().create()
    schema_editor.execute(table)
    storage, *indexes = rest
    schema_editor.execute(storage)
    # In the order of time, so that the newest lie together.
    schema_editor.execute(
        "INSERT INTO search_index SELECT row_id, words, grams FROM search_index_before ORDER BY row_id"
    )
    schema_editor.execute("DROP TABLE search_index_before")
    for statement in indexes:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_no_index_by_time")]

    # A new database has the index in this shape from its beginning.
    operations = [migrations.RunPython(make_narrow, migrations.RunPython.noop, elidable=True)]
