"""The four functions that every community begins with."""

from django.db import migrations
from django.utils import timezone

FUNCTIONS = [
    ("success", "カスタマーサクセス", "Customer success"),
    ("support", "サポート", "Support"),
    ("community", "コミュニティ運営", "Community management"),
    ("research", "調査", "Research"),
]


def add_functions(apps, schema_editor):
    functions = apps.get_model("effort", "EffortFunction").objects.using(schema_editor.connection.alias)
    now = timezone.now()
    for position, (slug, ja, en) in enumerate(FUNCTIONS, start=1):
        functions.get_or_create(
            slug=slug, defaults={"label": {"ja": ja, "en": en}, "position": position, "created_at": now}
        )


class Migration(migrations.Migration):
    dependencies = [("effort", "0001_first")]
    operations = [migrations.RunPython(add_functions, migrations.RunPython.noop)]
