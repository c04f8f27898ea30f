"""What a person uploaded, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalFile
from kizuna.core.files import actions, storage
from kizuna.core.files.models import File


def uploads(*, person: Person) -> Iterator[Any]:
    """Yield what the member uploaded, oldest first."""
    files = File.objects.filter(uploaded_by_id=person.member_id or 0, is_removed=False).order_by("id")
    for file in files.iterator(500):
        yield {
            "name": file.name,
            "url": f"/f/{file.key}/{file.name}",
            "size_bytes": file.size_bytes,
            "uploaded_at": file.uploaded_at,
        }


def contents(*, person: Person) -> Iterator[PersonalFile]:
    """Yield the files themselves."""
    for file in File.objects.filter(uploaded_by_id=person.member_id or 0, is_removed=False).order_by("id"):
        path = storage.path_of(file.key)
        if path.exists():
            yield PersonalFile(name=f"{file.pk}-{file.name}", path=path)


def forget_uploads(*, person: Person, now: datetime) -> Erased:
    """Remove the member's picture and what they uploaded and never showed; what stands in their posts stays with these."""
    if person.member_id is None:
        return Erased()
    removed = actions.remove_files_of(member_id=person.member_id)
    return Erased(removed=removed, kept=File.objects.filter(uploaded_by_id=person.member_id).count())


UPLOADS = PersonalData(
    "files.uploads",
    _("Uploaded files"),
    ("files.File.uploaded_by",),
    uploads,
    files=contents,
    erase=forget_uploads,
    is_outside=True,
    kept_because=_("They stand in posts and articles, which stay under no name."),
)
