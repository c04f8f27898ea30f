"""What Studio's navigation shows of this app."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import NavigationItem
from kizuna.core.members.policies import can_manage, can_moderate
from kizuna.core.members.viewer import Viewer


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _for_staff(*, viewer: Viewer) -> bool:
    return can_manage(viewer) or can_moderate(viewer)


STUDIO = NavigationItem("studio", _("Overview"), "home:studio", "layout-dashboard", _for_staff, place="studio")
BRAND = NavigationItem("brand", _("Name and looks"), "home:studio-brand", "palette", _for_managers, place="studio")
OPENING = NavigationItem("opening", _("What visitors see"), "home:studio-opening", "eye", _for_managers, place="studio")
JOINING = NavigationItem("joining", _("Joining"), "home:studio-joining", "log-in", _for_managers, place="studio")
WORDS = NavigationItem("words", _("Words to watch"), "home:studio-words", "shield", _for_managers, place="studio")
SYNONYMS = NavigationItem(
    "synonyms", _("Search words"), "home:studio-synonyms", "search", _for_managers, place="studio"
)
LINKS = NavigationItem("links", _("Links"), "home:studio-links", "link", _for_managers, place="studio")
