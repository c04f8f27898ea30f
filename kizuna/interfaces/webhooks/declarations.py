"""What webhooks declare: their page in Studio, endpoints as targets, words of the audit log."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AuditWords, NavigationItem, Target
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks import policies, queries
from kizuna.interfaces.webhooks.models import Endpoint


def _keeps(*, viewer: Viewer) -> bool:
    return policies.can_keep(viewer)


def _endpoints(*, viewer: Viewer, ids: list[int]) -> dict[int, Endpoint]:
    return queries.endpoints_visible_to(viewer).in_bulk(ids)


def _url(*, row: Endpoint) -> str:
    return reverse("webhooks:endpoint", args=[row.pk])


def _title(*, row: Endpoint) -> str:
    return row.description or row.url


def _nothing(*, row: Endpoint) -> str:
    return ""


STUDIO = NavigationItem(
    "studio-webhooks", _("Webhooks"), "webhooks:endpoints", "webhook", _keeps, place="studio", section="setup"
)
ENDPOINT = Target("webhook_endpoint", pgettext_lazy("webhook", "Webhook"), _endpoints, _url, _title, _nothing)
AUDIT = AuditWords(
    "webhooks",
    {
        "webhook.made": _("Webhook made"),
        "webhook.changed": _("Webhook changed"),
        "webhook.rotated": _("Webhook given a new secret"),
        "webhook.paused": _("Webhook paused"),
        "webhook.resumed": _("Webhook let go on"),
        "webhook.removed": _("Webhook removed"),
        "webhook.resent": _("Webhook deliveries sent again"),
    },
)
