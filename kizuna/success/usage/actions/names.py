"""The subjects and names that usage is counted under, made where they are new."""

from collections.abc import Iterable

from kizuna.success.usage.models import UsageName, UsageSubject

IDS_AT_ONCE = 500


def subject_ids(kind: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the ids of the subjects of one kind, made where they are new."""
    wanted = sorted(set(external_ids))
    found = _stored_ids(kind, wanted)
    if missing := [word for word in wanted if word not in found]:
        UsageSubject.objects.bulk_create(
            [UsageSubject(kind=kind, external_id=word) for word in missing], ignore_conflicts=True
        )
        found.update(_stored_ids(kind, missing))
    return found


def _stored_ids(kind: str, external_ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(external_ids), IDS_AT_ONCE):
        part = external_ids[start : start + IDS_AT_ONCE]
        found.update(UsageSubject.objects.filter(kind=kind, external_id__in=part).values_list("external_id", "pk"))
    return found


def name_ids(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the ids of these names, made where they are new."""
    wanted = set(keys)
    found = _stored_names(wanted)
    if missing := sorted(wanted - set(found)):
        UsageName.objects.bulk_create(
            [UsageName(kind=kind, name=name) for kind, name in missing], ignore_conflicts=True
        )
        found.update(_stored_names(set(missing)))
    return found


def _stored_names(keys: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = UsageName.objects.filter(name__in={name for _, name in keys}).values_list("kind", "name", "pk")
    return {(kind, name): pk for kind, name, pk in rows}
