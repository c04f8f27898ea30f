"""Put the calls that were written down as encounters into the list of calls."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

BATCH = 500


def fill(apps, schema_editor):
    encounters, calls = apps.get_model("encounters", "Encounter"), apps.get_model("calls", "Call")
    people = apps.get_model("encounters", "EncounterPerson")
    now, last = timezone.now(), 0
    while rows := list(encounters.objects.filter(pk__gt=last, kind="call", is_removed=False).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        known = set(calls.objects.filter(encounter__in=rows).values_list("encounter_id", flat=True))
        seats = people.objects.filter(encounter__in=rows).exclude(contact=None)
        with_whom = {}
        for encounter_id, contact_id in seats.values_list("encounter_id", "contact_id"):
            with_whom.setdefault(encounter_id, []).append(contact_id)
        calls.objects.bulk_create(
            calls(
                encounter=row,
                account_id=row.account_id,
                state="talked",
                outcome="reached",
                at=row.at,
                direction="in" if row.direction == "in" else "out",
                ended_at=row.at + timedelta(minutes=row.minutes) if row.minutes else None,
                seconds=row.minutes * 60 if row.minutes else None,
                contact_id=with_whom[row.pk][0] if len(with_whom.get(row.pk, ())) == 1 else None,
                member_id=row.author_id,
                created_by_id=row.author_id,
                is_placed=True,
                created_at=row.created_at,
                updated_at=now,
            )  # fmt: skip
            for row in rows
            if row.pk not in known
        )


class Migration(migrations.Migration):
    atomic = False  # in parts, so that no transaction grows long

    dependencies = [("calls", "0001_first"), ("encounters", "0001_first")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
