"""Consents to mail join the one record of what people said yes and no to."""

from django.db import migrations


def fold(apps, schema_editor):
    """Copy every row, with the whole of what it said; nothing is merged or dropped."""
    record = apps.get_model("notifications", "ConsentRecord")
    consent = apps.get_model("members", "PurposeConsent")
    rows = record.objects.select_related("recipient").order_by("pk")
    batch = []
    for row in rows.iterator(chunk_size=500):
        whose = row.recipient
        batch.append(
            consent(
                member_id=whose.member_id,
                address_key=whose.address_key or whose.person_key,
                purpose=row.purpose[:20],
                is_given=row.is_given,
                source=row.source[:20],
                note=row.source if len(row.source) > 20 else "",
                at=row.at,
            )
        )
        if len(batch) >= 500:
            consent.objects.bulk_create(batch)
            batch = []
    consent.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_first"),
        ("members", "0005_consents_of_everybody"),
    ]
    operations = [migrations.RunPython(fold, migrations.RunPython.noop, elidable=True)]
