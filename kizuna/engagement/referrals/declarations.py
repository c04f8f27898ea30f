"""What referrals offer to lower apps: pages."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AuditWords, NavigationItem
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.referrals import policies


def _refers(*, viewer: Viewer) -> bool:
    return policies.can_refer(viewer)


def _switches(*, viewer: Viewer) -> bool:
    return policies.can_switch(viewer)


OWN = NavigationItem("referrals", _("Refer somebody"), "referrals:own", "user-round-plus", _refers, place="menu")
STUDIO = NavigationItem(
    "studio-referrals", _("Referrals"), "referrals:studio", "share-2", _switches, place="studio", section="people"
)
AUDIT = AuditWords(
    "referrals",
    {"referral.link_switched": _("Link of a member switched on or off")},
    settings={
        "referrals.is_on": _("Referrals switched on or off"),
        "referrals.share_text": _("Text beside links changed"),
    },
)
