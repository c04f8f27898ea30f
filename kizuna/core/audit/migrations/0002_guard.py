"""Let the database refuse changes of the audit log."""

from django.db import migrations

from kizuna.core.audit import guard


def raise_guard(apps, schema_editor):
    guard.raise_guard()


def lower_guard(apps, schema_editor):
    guard.lower_guard()


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_first")]
    operations = [migrations.RunPython(raise_guard, lower_guard)]
