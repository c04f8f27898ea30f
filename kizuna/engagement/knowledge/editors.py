"""Who keeps articles: asked by what may be seen (queries) and by what may be done (policies)."""

from kizuna.core.members.models import Role
from kizuna.core.members.viewer import Viewer

EDITORS = frozenset({Role.OWNER, Role.ADMIN, Role.MODERATOR, Role.SUCCESS_MANAGER})


def keeps_articles(viewer: Viewer) -> bool:
    """Tell whether the viewer sees drafts and archived articles."""
    return viewer.is_member and bool(viewer.roles & EDITORS)
