"""Rows of every table as JSON lines, and back."""

import base64
import datetime
import decimal
import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

BATCH = 500
# Filled by the schema itself, or worthless elsewhere.
LEFT_OUT = {"contenttypes.contenttype", "auth.permission", "auth.group", "sessions.session"}


def tables() -> list[type[models.Model]]:
    """Return every model with a table of its own, join tables included."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [model for model in found if not model._meta.proxy and model._meta.label_lower not in LEFT_OUT]


def dumped(model: type[models.Model]) -> Iterator[str]:
    """Yield one JSON line per row, oldest key first."""
    fields = model._meta.concrete_fields
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=2000):
        yield json.dumps(
            dict(zip((field.attname for field in fields), row, strict=True)), default=_plain, ensure_ascii=False
        )


def load(model: type[models.Model], lines: Iterable[str]) -> int:
    """Write rows with their old keys. Columns this version does not know are refused, never dropped."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    batch, count = [], 0
    for line in lines:
        values = json.loads(line)
        if unknown := set(values) - set(fields):
            raise ValueError(f"{model._meta.label} has no {sorted(unknown)}: the file is from another version.")
        batch.append(model(**{name: _typed(fields[name], value) for name, value in values.items()}))
        if len(batch) >= BATCH:
            count += _write(model, batch)
            batch = []
    return count + _write(model, batch)


def reset_sequences() -> None:
    """Let new keys start after the loaded ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _write(model: type[models.Model], batch: list[models.Model]) -> int:
    if batch:
        model._base_manager.bulk_create(batch, batch_size=BATCH)
    return len(batch)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be exported")


def _typed(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value["base64"])
    if isinstance(field, models.DurationField):
        return datetime.timedelta(seconds=value)
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)
