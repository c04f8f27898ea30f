"""Pages of a list by key: what follows the last row seen, so that no page costs more than another."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.db.models import Model, Q, QuerySet
from ninja import Field, Schema
from pydantic import StringConstraints

MAX_LIMIT = 100
MAX_ID = 2**63 - 1
Key = str | int


class BadCursor(ValueError):
    """The text given as `after` is none of our `next`."""


class PageQuery(Schema):
    """What every list takes."""

    limit: int = Field(20, ge=1, le=MAX_LIMIT, description="How many items at most.")
    after: Annotated[str, StringConstraints(max_length=400)] = Field("", description="`next` of the page before.")
    count: bool = Field(False, description="Also count all items.")


class PageOut(Schema):
    """What every list answers, besides its items."""

    next: str | None = Field(None, description="Give it as `after` for the next page; null at the end.")
    count: int | None = Field(None, description="All items, when asked for by `count=true`.")


def page_of(
    rows: QuerySet[Any], *, query: PageQuery, order: Sequence[str], shown: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """Return one page of `rows` in `order` (field names, `-` for descending, the last one unique).

    Raises BadCursor.
    """
    fields = [name.removeprefix("-") for name in order]
    total = rows.count() if query.count else None
    if query.after:
        rows = rows.filter(_beyond(order, _read(query.after, rows.model, fields)))
    found = list(rows.order_by(*order)[: query.limit + 1])
    page = found[: query.limit]
    answer: dict[str, Any] = {"items": [shown(row) for row in page], "next": None}
    if len(found) > query.limit:
        answer["next"] = cursor([getattr(page[-1], name) for name in fields])
    if total is not None:
        answer["count"] = total
    return answer


def cursor(key: Sequence[Key]) -> str:
    """Return the key of a row as one opaque word."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def read_cursor(word: str, *, types: Sequence[type]) -> list[Any]:
    """Return the key that a word stands for, or raise BadCursor."""
    try:
        key = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (binascii.Error, ValueError):
        raise BadCursor(word) from None
    if not isinstance(key, list) or [type(part) for part in key] != list(types):
        raise BadCursor(word)
    if any(isinstance(part, int) and not -(2**63) <= part < 2**63 for part in key):
        raise BadCursor(word)
    return key


def _read(word: str, model: type[Model], fields: Sequence[str]) -> list[Any]:
    types = [str if model._meta.get_field(name).get_internal_type() == "CharField" else int for name in fields]
    return read_cursor(word, types=types)


def _beyond(order: Sequence[str], key: Sequence[Any]) -> Q:
    """Return the condition that a row comes after the row with `key`."""
    beyond, equal = Q(), Q()
    for name, value in zip(order, key, strict=True):
        field = name.removeprefix("-")
        beyond |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return beyond
