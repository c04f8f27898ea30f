"""Make the accounts that are there findable by any part of their names."""

from django.db import migrations

from kizuna.success.customers import naming

BATCH = 500


def fill(apps, schema_editor):
    names = apps.get_model("customers", "AccountName")
    tails = apps.get_model("customers", "AccountNameTail")
    tails.objects.all().delete()  # of a run that was stopped halfway
    last = 0
    while True:
        ahead = names.objects.filter(account_id__gt=last).order_by("account_id").values_list("account_id", flat=True)
        ids = list(ahead[:BATCH])
        if not ids:
            return
        complete = ids[-1]
        held: dict[int, set[bytes]] = {}
        for account_id, folded in names.objects.filter(account_id__gt=last, account_id__lte=complete).values_list(
            "account_id", "folded"
        ):
            held.setdefault(account_id, set()).update(naming.tails(folded))
        tails.objects.bulk_create(
            [tails(account_id=pk, tail=tail) for pk in sorted(held) for tail in sorted(held[pk])], batch_size=2_000
        )
        last = complete


class Migration(migrations.Migration):
    atomic = False  # in parts, so that no transaction grows long

    dependencies = [("customers", "0003_name_tails")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
