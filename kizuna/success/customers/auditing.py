"""How the audit log says what happened with customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AuditWords

AUDIT = AuditWords(
    "customers",
    {
        "customers.exported": _("Customers exported"),
        "customer_fields.hidden": _("Fields of customers hidden from a role"),
    },
    pages={
        "api": pgettext_lazy("audit", "API"),
        "contact": pgettext_lazy("audit", "Person at a customer"),
        "customer": pgettext_lazy("audit", "Customer"),
        "past": pgettext_lazy("audit", "Customer on a past day"),
        "timeline": pgettext_lazy("audit", "Timeline of a customer"),
    },
)
