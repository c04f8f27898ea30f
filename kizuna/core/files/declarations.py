"""What files offer to lower apps."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Fragment, Target
from kizuna.core.files import queries
from kizuna.core.files.models import File
from kizuna.core.members.viewer import Viewer


def _visible(*, viewer: Viewer, ids: list[int]) -> dict[int, File]:
    return queries.files_visible_to(viewer, ids=ids)


def _url(*, row: File) -> str:
    return f"/f/{row.key}/{row.name}"


def _title(*, row: File) -> str:
    return row.name


def _excerpt(*, row: File) -> str:
    return ""


AVATAR_DOOR = Fragment("members.avatar", "files:avatar")
FILE = Target("file", _("File"), visible=_visible, url=_url, title=_title, excerpt=_excerpt)
