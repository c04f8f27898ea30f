"""Who may do what with articles."""

from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import can_act, keeps_articles, require, require_sign_in
from kizuna.core.members.viewer import Viewer


def can_edit(viewer: Viewer) -> bool:
    """Tell whether the viewer keeps articles."""
    return can_act(viewer) and keeps_articles(viewer)


def require_editor(viewer: Viewer) -> None:
    require_sign_in(viewer)
    require(can_edit(viewer), _("Only staff may write articles."))
