"""Who points at a row: asked of the models themselves, so that an app added later counts too."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model


def pointed_at(
    model: type[Model], ids: Iterable[int], *, besides: Collection[tuple[type[Model], str]] = ()
) -> dict[int, str]:
    """Return {id: label of a model} for rows that a foreign key of some model holds. `besides` are (model, field) left out."""
    wanted = sorted(set(ids))
    found: dict[int, str] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        other: Any = relation.related_model
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        field = relation.field  # type: ignore[union-attr]
        if (other, field.name) in besides or not wanted:
            continue
        rows = other._base_manager.filter(**{f"{field.name}__in": wanted})
        found |= {pk: other._meta.label_lower for pk in rows.values_list(field.attname, flat=True).distinct()}
    return found
