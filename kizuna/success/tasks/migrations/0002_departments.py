"""The departments a community begins with. Managers rename them, add others and put some away."""

from django.db import migrations
from django.utils import timezone

FIRST = (
    ("development", {"ja": "開発", "en": "Development"}),
    ("sales", {"ja": "営業", "en": "Sales"}),
    ("support", {"ja": "サポート", "en": "Support"}),
)


def add_departments(apps, schema_editor):
    departments = apps.get_model("tasks", "Department").objects.using(schema_editor.connection.alias)
    now = timezone.now()
    for position, (slug, name) in enumerate(FIRST):
        departments.get_or_create(slug=slug, defaults={"name": name, "position": position, "created_at": now})


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_first")]

    operations = [migrations.RunPython(add_departments, migrations.RunPython.noop)]
