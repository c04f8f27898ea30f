"""The tabs of one's own account."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

TABS = (
    ("members:account", _("Profile")),
    ("members:preferences", _("Display")),
    ("mfa_index", _("Security")),
    ("members:consents", _("Agreements")),
    ("members:own-records", _("Records")),
)


def account_tabs(current: str) -> list[dict[str, object]]:
    """Return the tabs with the page named `current` marked."""
    return [{"label": label, "url": reverse(name), "is_current": name == current} for name, label in TABS]
