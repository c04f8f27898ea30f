"""What kinds of one row, one thing do alike: numbers that stand twice, ledger values, taking back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import models

from kizuna.success.imports.records import SET, Context, Plan, Undoing, Undone


def is_twice(item: Plan, key: str, context: Context) -> bool:
    """Tell whether an earlier line of the file has the same number; then the row is bad."""
    first = item.row.firsts.get(key, item.row.line)
    if first == item.row.line:
        return False
    item.refuse(context.header("external_id"), "twice", value=item.row.values.get("external_id", ""), at=first)
    return True


def stored(differences: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return differences as the ledger holds them."""
    return {
        name: [value.isoformat() if isinstance(value, date | datetime) else value for value in pair]
        for name, pair in differences.items()
    }


def changes_back(
    model: type[models.Model], thing: str, rows: Sequence[Undoing], undone: dict[int, Undone]
) -> dict[int, dict[str, Any]]:
    """Return the fields to set back, of rows that still hold what the import wrote."""
    entries = [(row, entry) for row in rows for entry in row.done if entry[2] == SET]
    here: dict[int, Any] = model._default_manager.in_bulk([entry[1] for _row, entry in entries])
    fields = {field.attname: field for field in model._meta.concrete_fields}
    changes: dict[int, dict[str, Any]] = {}
    for row, entry in entries:
        found = here.get(entry[1])
        if found is None:
            undone[row.line].kept.append((thing, entry[1], "gone"))
            continue
        back, is_moved_on = {}, False
        for name, (before, after) in entry[3].items():
            field = fields[name]
            if getattr(found, name) == _typed(field, after):
                back[name] = _typed(field, before)
            else:
                is_moved_on = True
        if back:
            changes[entry[1]] = back
            undone[row.line].back += 1
        if is_moved_on:
            undone[row.line].kept.append((thing, entry[1], "changed_since"))
    return changes


def note(thing: str, added: Mapping[int, Undoing], stays: Mapping[int, str], undone: dict[int, Undone]) -> None:
    """Note what became of things that were added."""
    for pk, row in added.items():
        if pk in stays:
            undone[row.line].kept.append((thing, pk, stays[pk]))
        else:
            undone[row.line].back += 1


def _typed(field: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(field, models.DateField) else value
