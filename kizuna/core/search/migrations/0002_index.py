from django.db import migrations

from kizuna.core.search.engines import engine


def make_index(apps, schema_editor):
    for statement in engine().create():
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_index_terms")
    schema_editor.execute("DROP TABLE search_index")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_first")]

    operations = [migrations.RunPython(make_index, drop_index)]
