"""Files a viewer may see: the same gate as the thing they are attached to."""

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.core.files.models import File
from kizuna.core.members.viewer import Viewer


def files_visible_to(viewer: Viewer) -> QuerySet[File]:
    """Return files of visible places, the viewer's own uploads, and the logo, which stands on the closed door too."""
    ids = viewer.audience_ids
    visible = Q(audience_id__in=ids, container_audience_id__in=ids) | Q(target_type="brand")
    if viewer.is_member:
        visible |= Q(uploaded_by_id=viewer.member_id)
    return File.objects.filter(visible, is_removed=False)


def file_for(viewer: Viewer, key: str) -> File:
    """Return the file, or raise Http404 when it is not there for this viewer."""
    file = files_visible_to(viewer).filter(key=key).first()
    if file is None:
        raise Http404
    return file


def keys_in(text: str) -> list[str]:
    """Return the keys of files that a Markdown source links to (`/f/KEY/NAME`), in order, each once."""
    return list(dict.fromkeys(part[:32] for part in text.split("/f/")[1:] if len(part) > 32 and part[32] == "/"))
