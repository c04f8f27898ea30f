"""Who may do what with articles."""

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import can_act, require, require_sign_in
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.knowledge.editors import keeps_articles


def can_edit(viewer: Viewer) -> bool:
    """Tell whether the viewer keeps articles."""
    return can_act(viewer) and keeps_articles(viewer)


def require_editor(viewer: Viewer) -> None:
    require_sign_in(viewer)
    require(can_edit(viewer), _("Only staff may write articles."))
