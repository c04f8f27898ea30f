"""Customers and the people there: a row is a customer, a person, or both."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import ImportKind
from kizuna.success.customers import actions
from kizuna.success.imports.kinds.customers.fields import fields, keys
from kizuna.success.imports.kinds.customers.planning import plan
from kizuna.success.imports.kinds.customers.writing import undo, write

KIND = ImportKind(
    "customers", _("Customers and people"), "building-2", fields, keys, plan, write, undo, finish=actions.keep_due_tails
)
