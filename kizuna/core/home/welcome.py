"""What visitors read first: what this place is, a large search field, and how to come in."""

from django.template.loader import render_to_string

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import in_language
from kizuna.core.members.viewer import Viewer


def render_welcome(*, viewer: Viewer, language: str) -> str:
    """Draw the welcome for visitors; members know where they are."""
    if viewer.is_member:
        return ""
    said = in_language(community.setting(keys.WELCOME), language)
    context = {
        "name": community.name(language),
        "text": said or in_language(community.setting(keys.DESCRIPTION), language),
        "may_join": may_join(),
    }
    return render_to_string("home/_welcome.html", context)


def may_join() -> bool:
    """Return whether somebody without an invitation may ask to come in."""
    return community.setting(keys.JOINING) != "invitation"
