"""Words of origins."""

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuna.success.origins.models import Origin

HOWS: dict[str, Any] = {
    Origin.How.LINK: gettext_lazy("By the link of a member"),
    Origin.How.STAFF: pgettext_lazy("origin", "Set by the team"),
    Origin.How.ACCOUNT: gettext_lazy("Taken over from the customer"),
}
