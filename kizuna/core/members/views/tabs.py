"""The tabs of one's own account."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

TABS = (
    ("members:account", _("Profile")),
    ("members:preferences", _("Language and colours")),
    ("mfa_index", _("Sign-in and security")),
    ("members:consents", _("Agreements and mail")),
    ("members:tokens", _("API tokens")),
    ("members:own-records", _("Your records")),
)


def account_tabs(current: str) -> list[dict[str, object]]:
    """Return the tabs with the page named `current` marked."""
    return [{"label": label, "url": reverse(name), "is_current": name == current} for name, label in TABS]
