"""The whole schema at once, for a database in which nothing is yet.

Replaying the history of migrations draws every model again at each step: half a minute on a small machine. An empty
database gets today's tables from today's models, the steps that write rows or make an index are run on them, and every
migration counts as applied. `tests/test_schema.py` holds both ways side by side.
"""

from typing import cast

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps


def is_empty() -> bool:
    """Tell whether the current database has no table but, from a stopped run, the one of migrations without a row."""
    tables = set(connection.introspection.table_names())
    return tables <= {"django_migrations"} and not MigrationRecorder(connection).applied_migrations()


def make_schema() -> None:
    """Fill an empty database, in one transaction: a stopped run leaves nothing."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    emit_pre_migrate_signal(0, interactive=False, db=connection.alias)
    with connection.schema_editor(atomic=True) as editor:
        _make_tables(editor, {migration.app_label for migration, _ in plan})
        for migration, _ in plan:
            _run_steps(migration, editor)
            recorder.record_applied(migration.app_label, migration.name)
    emit_post_migrate_signal(0, interactive=False, db=connection.alias)


def _make_tables(editor: BaseDatabaseSchemaEditor, with_migrations: set[str]) -> None:
    for model in apps.get_models():
        if model._meta.app_label in with_migrations and model._meta.can_migrate(connection):
            editor.create_model(model)
    # Keys and indexes before the rows: PostgreSQL alters no table whose rows still wait to be checked.
    for statement in editor.deferred_sql:
        editor.execute(statement, params=None)
    editor.deferred_sql.clear()


def _run_steps(migration: Migration, editor: BaseDatabaseSchemaEditor) -> None:
    """Run what a migration does apart from tables, unless it says that a new database does not need it (`elidable`)."""
    for step in migration.operations:
        if isinstance(step, RunPython) and not step.elidable:
            step.code(cast(StateApps, apps), editor)
