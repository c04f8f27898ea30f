"""Which customers go first by what the manager's own fields say of them: rank S, key account."""

from kizuna.core.community.queries import setting
from kizuna.core.community.settings import DEFAULT_LANGUAGE
from kizuna.success.customers.models import AccountAttribute, AccountAttributeValue
from kizuna.success.customers.queries.kept import attributes_in_use
from kizuna.success.inbox.settings import FIRST_TIERS


def tier_fields() -> list[AccountAttribute]:
    """Return the manager's fields that can say who goes first: with choices, and seen by everybody with the desk.

    The reason stands on the inquiry for all to read, so a field that is hidden from some says nothing.
    """
    choice = AccountAttribute.Kind.CHOICE
    return [item for item in attributes_in_use() if item.kind == choice and not item.field_group]


def first_tiers_of(account_id: int | None) -> list[str]:
    """Return what makes a customer go first, in the community's words: "Rank S"."""
    if account_id is None:
        return []
    first = {(item["attribute"], item["value"]) for item in setting(FIRST_TIERS)}
    fields = [item for item in tier_fields() if any(item.slug == slug for slug, _value in first)] if first else []
    if not fields:
        return []
    values = AccountAttributeValue.objects.filter(account_id=account_id, attribute__in=fields, ended_at=None)
    held = dict(values.values_list("attribute_id", "value"))
    lucky = [item for item in fields if (item.slug, held.get(item.pk)) in first]
    return [f"{in_words(item)} {held[item.pk]}" for item in lucky]


def in_words(field: AccountAttribute) -> str:
    """Return a field's name as the community calls it."""
    said = [field.label.get(setting(DEFAULT_LANGUAGE)), *field.label.values()]
    return next((text for text in said if text), field.slug)
