"""The three built-in audiences and the system member, which every community has from its first second."""

from django.db import migrations
from django.utils import timezone

BUILT_IN = (
    (1, "public", {"ja": "全体に公開", "en": "Public"}),
    (2, "members", {"ja": "メンバー", "en": "Members"}),
    (3, "staff", {"ja": "運営", "en": "Staff"}),
)


def make_built_in(apps, schema_editor):
    now = timezone.now()
    audience = apps.get_model("members", "Audience")
    for key, slug, label in BUILT_IN:
        audience.objects.create(slug=slug, kind="built_in", label=label, created_at=now)
        assert audience.objects.get(slug=slug).pk == key, "built-in audiences must be the first rows"
    member = apps.get_model("members", "Member")
    member.objects.create(handle="system", name="Kizuna", is_system=True, joined_at=now, password="!")


class Migration(migrations.Migration):
    dependencies = [("members", "0001_first")]
    operations = [migrations.RunPython(make_built_in, migrations.RunPython.noop)]
