"""Keep telephone numbers in one form beside them, so that a call finds whose number it is."""

from django.db import migrations, models
from django.db.models import Q

from kizuna.base.text import phones

BATCH = 500


def fill(apps, schema_editor):
    for name in ("Account", "Contact"):
        model = apps.get_model("customers", name)
        last = 0
        while rows := list(
            model.objects.filter(pk__gt=last).exclude(phone="").only("pk", "phone").order_by("pk")[:BATCH]
        ):
            for row in rows:
                row.phone_key = phones.key_of(row.phone)
            model.objects.bulk_update(rows, ["phone_key"])
            last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False  # in parts, so that no transaction grows long

    dependencies = [("customers", "0011_bearers")]

    operations = [
        migrations.AddField("account", "phone_key", models.CharField(blank=True, default="", max_length=20)),
        migrations.AddField("contact", "phone_key", models.CharField(blank=True, default="", max_length=20)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "account", models.Index(fields=["phone_key"], name="account_by_phone", condition=~Q(phone_key=""))
        ),
        migrations.AddIndex(
            "contact", models.Index(fields=["phone_key"], name="contact_by_phone", condition=~Q(phone_key=""))
        ),
    ]
