"""Filters that directories really ask, answered by an index: one attribute equal to one value."""

from typing import Any

from django.db.models import QuerySet
from scim2_models.path.expressions import Comparison

COLUMNS = {"username": "user_name_key", "externalid": "external_id", "id": "pk", "displayname": "name_key"}
FOLDED = frozenset({"username", "displayname"})


def narrowed(rows: QuerySet[Any], wanted: Any) -> QuerySet[Any] | None:
    """Return the rows of `attribute eq "value"` where a column holds it, None for any other filter."""
    node = wanted.ast
    if not isinstance(node, Comparison) or str(node.op) != "eq" or not isinstance(node.value, str):
        return None
    name = str(node.attr_path).lower()
    column = COLUMNS.get(name)
    if column is None or (column not in {"pk", *(field.name for field in rows.model._meta.get_fields())}):
        return None
    if column == "pk":
        is_number = node.value.isascii() and node.value.isdecimal() and len(node.value) < 19
        return rows.filter(pk=int(node.value)) if is_number else rows.none()
    return rows.filter(**{column: node.value.strip().lower() if name in FOLDED else node.value})
