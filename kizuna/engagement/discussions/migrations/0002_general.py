"""A new community has one space, so that there is somewhere to write from the first minute."""

from django.db import migrations
from django.utils import timezone

MEMBERS = 2


def make_general(apps, schema_editor):
    apps.get_model("discussions", "Space").objects.create(
        slug="general",
        kind="discussion",
        name={"ja": "ひろば", "en": "General"},
        description={"ja": "何でも話せる場所です。", "en": "A place to talk about anything."},
        audience_id=MEMBERS,
        created_at=timezone.now(),
    )


class Migration(migrations.Migration):
    dependencies = [("discussions", "0001_first"), ("members", "0002_built_in")]
    operations = [migrations.RunPython(make_general, migrations.RunPython.noop)]
