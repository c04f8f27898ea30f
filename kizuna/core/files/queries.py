"""Files a viewer may see: the same gate as the thing they are attached to."""

from collections.abc import Iterable

from django.http import Http404

from kizuna.base.registry import Target, by_name
from kizuna.core.files.models import File
from kizuna.core.members import queries as members
from kizuna.core.members.viewer import PUBLIC, Viewer

BRAND = "brand"  # the logo stands on the closed door, too


def files_visible_to(viewer: Viewer, *, ids: Iterable[int]) -> dict[int, File]:
    """Return the files of these ids that the viewer may see, by id."""
    files = File.objects.filter(pk__in=list(ids), is_removed=False)
    return {file.pk: file for file in _shown(viewer, list(files))}


def file_for(viewer: Viewer, key: str) -> File:
    """Return the file, or raise Http404 when it is not there for this viewer."""
    file = File.objects.filter(key=key, is_removed=False).first()
    if file is None or not _shown(viewer, [file]):
        raise Http404
    return file


def is_for_everybody(file: File) -> bool:
    """Tell whether any visitor may see the file as things stand now."""
    return PUBLIC == file.audience_id == file.container_audience_id and bool(_shown(members.visitor(), [file]))


def _shown(viewer: Viewer, files: list[File]) -> list[File]:
    """Return the viewer's own uploads, and what stands in something that the viewer sees.

    The thing itself is asked, not only its audience: one that waits, was taken away or is a draft takes its files along.
    """
    seen: dict[str, set[int]] = {}
    for name in {file.target_type for file in files}:
        target = by_name(Target, name)
        if target is not None:
            ids = [file.target_id for file in files if file.target_type == name]
            seen[name] = set(target.visible(viewer=viewer, ids=ids))
    return [file for file in files if _is_own(viewer, file) or _is_in_sight(viewer, file, seen)]


def _is_own(viewer: Viewer, file: File) -> bool:
    return viewer.is_member and file.uploaded_by_id == viewer.member_id


def _is_in_sight(viewer: Viewer, file: File, seen: dict[str, set[int]]) -> bool:
    if file.target_type in seen:
        return file.target_id in seen[file.target_type]
    ids = viewer.audience_ids
    return file.target_type == BRAND or (file.audience_id in ids and file.container_audience_id in ids)


def url_of(file: File) -> str:
    """Return where a file is served."""
    return f"/f/{file.key}/{file.name}"


def markdown_of(file: File) -> str:
    """Return the Markdown that shows an image, or leads to any other file."""
    label = file.name.replace("[", "(").replace("]", ")")
    link = f"[{label}](<{url_of(file)}>)"
    return f"!{link}" if file.kind == File.Kind.IMAGE else link


def keys_in(text: str) -> list[str]:
    """Return the keys of files that a Markdown source links to (`/f/KEY/NAME`), in order, each once."""
    return list(dict.fromkeys(part[:32] for part in text.split("/f/")[1:] if len(part) > 32 and part[32] == "/"))
