"""What Studio's navigation and the home page show of this app."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AuditWords, HomeBlock, NavigationItem
from kizuna.core.home import welcome
from kizuna.core.home.changes import DEEDS, SETTINGS, THINGS
from kizuna.core.members.policies import can_manage, can_moderate
from kizuna.core.members.viewer import Viewer


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _for_staff(*, viewer: Viewer) -> bool:
    return can_manage(viewer) or can_moderate(viewer)


def _item(name: str, label: Any, icon: str) -> NavigationItem:
    return NavigationItem(name, label, f"home:studio-{name}", icon, _for_managers, place="studio", section="setup")


STUDIO = NavigationItem("studio", _("Overview"), "home:studio", "layout-dashboard", _for_staff, place="studio")
BRAND = _item("brand", _("Name and looks"), "palette")
OPENING = _item("opening", _("What visitors see"), "eye")
JOINING = _item("joining", _("Joining"), "log-in")
TIME = _item("time", _("Time zone"), "clock")
WORDS = _item("words", _("Words to watch"), "shield")
SYNONYMS = _item("synonyms", _("Search words"), "search")
LINKS = _item("links", _("Links"), "link")
WELCOME = HomeBlock("welcome", _("Welcome"), welcome.render_welcome)
AUDIT_WORDS = AuditWords("studio", DEEDS, things=THINGS, settings=SETTINGS)
