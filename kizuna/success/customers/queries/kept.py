"""What every page of a customer reads and few change: kept in the process while its generation stands (docs/adr/0002)."""

from collections.abc import Callable
from typing import Any

from kizuna.base import hosting
from kizuna.core.community import queries as community
from kizuna.success.customers.models import AccountAttribute, SavedView

DESK = "desk"  # the number these hang on; whoever changes one of them bumps it


def attributes_in_use() -> list[AccountAttribute]:
    """Return the manager's fields for accounts, in their order."""
    fields = AccountAttribute.objects.filter(is_archived=False).order_by("position", "pk")
    return _kept("customers.attributes", lambda: list(fields))


def views_with_rule() -> list[SavedView]:
    """Return everybody's saved views with a rule, by name."""
    views = SavedView.objects.filter(rule__isnull=False).order_by("name", "pk")
    return _kept("customers.rule_views", lambda: list(views))


def _kept(name: str, read: Callable[[], list[Any]]) -> list[Any]:
    number, caches = community.generation(DESK), hosting.current().caches
    known = caches.get(name)
    if known is None or known[0] != number:
        known = caches[name] = (number, read())
    return known[1]
