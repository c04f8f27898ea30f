"""Store, attach and remove files."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.files import queries, screening, storage
from kizuna.core.files.models import File
from kizuna.core.members.actions import set_avatar
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import PUBLIC, Viewer

AVATAR = "avatar"  # the target of a member's picture
VARIANT_WIDTHS = (160, 480, 960)
KEEP_UNATTACHED = timedelta(days=30)  # a draft may show them
MAX_UNATTACHED = 40  # of one day
MAX_UNATTACHED_EVER = 200
MOST_AT_ONCE = 10
FORBIDDEN_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


def store(*, viewer: Viewer, name: str, raw: bytes, now: datetime, images_only: bool = False) -> File:
    """Screen and keep an upload; it belongs to the viewer alone until it is attached.

    Raises Refused with a reason for the person, or StorageFull when the disk is.
    """
    require(can_act(viewer), _("Please sign in to add files."))
    _require_room(viewer, now=now)
    screened, kind = _screened(raw, name, images_only=images_only)
    key = secrets.token_hex(16)
    storage.write(key, screened.content)
    with transaction.atomic():
        file = File.objects.create(
            key=key,
            kind=kind,
            name=safe_name(name, extension=screened.extension),
            content_type=screened.content_type,
            size_bytes=len(screened.content),
            width=screened.width,
            height=screened.height,
            uploaded_by_id=viewer.member_id,
            uploaded_at=now,
        )
        if kind == File.Kind.IMAGE:
            enqueue("files.make_variants", args={"file": file.pk}, key=key)
    return file


@dataclass(frozen=True)
class Taken:
    """What became of files that came together: the Markdown that shows those kept, and why others were refused."""

    links: tuple[str, ...]
    refused: tuple[str, ...]


def store_sent(*, viewer: Viewer, uploads: Sequence[UploadedFile], now: datetime) -> Taken:
    """Keep each upload that can be kept; a reason names the file it is about."""
    links, refused = [], []
    for upload in uploads[:MOST_AT_ONCE]:
        name = upload.name or ""
        try:
            require((upload.size or 0) <= screening.MAX_DOCUMENT_BYTES, screening.TOO_LARGE)
            links.append(queries.markdown_of(store(viewer=viewer, name=name, raw=upload.read(), now=now)))
        except Refused as why:
            refused.append(_("%(name)s: %(reason)s") % {"name": name, "reason": why.reason})
        except storage.StorageFull:
            refused.append(_("%(name)s: %(reason)s") % {"name": name, "reason": storage.NO_ROOM})
    if len(uploads) > MOST_AT_ONCE:
        reason = ngettext_lazy(
            "At most %(limit)d file can be added at once.", "At most %(limit)d files can be added at once.", "limit"
        )
        refused.append(reason % {"limit": MOST_AT_ONCE})
    return Taken(tuple(links), tuple(str(reason) for reason in refused))


def attach(
    *,
    keys: Iterable[str],
    uploader_id: int | None,
    target_type: str,
    target_id: int,
    audience_id: int,
    container_audience_id: int,
) -> int:
    """Give the uploader's own files their place. Files of others are left alone: a link grants nothing."""
    own = Q(uploaded_by_id=uploader_id, target_type="") | Q(target_type=target_type, target_id=target_id)
    return File.objects.filter(own, key__in=list(keys), is_removed=False).update(
        target_type=target_type,
        target_id=target_id,
        audience_id=audience_id,
        container_audience_id=container_audience_id,
    )


def detach(*, target_type: str, target_id: int) -> int:
    """Take files out of their place: they are their uploader's alone again, as a draft has them."""
    nowhere = {"target_type": "", "target_id": None, "audience_id": None, "container_audience_id": None}
    return File.objects.filter(target_type=target_type, target_id=target_id).update(**nowhere)


def change_avatar(*, viewer: Viewer, name: str, raw: bytes, now: datetime) -> None:
    """Screen and keep a picture of the viewer and show it wherever they speak."""
    file = store(viewer=viewer, name=name, raw=raw, now=now, images_only=True)
    with transaction.atomic():
        _let_avatar_go(viewer.member_id, now=now)
        attach(
            keys=[file.key],
            uploader_id=viewer.member_id,
            target_type=AVATAR,
            target_id=viewer.member_id or 0,
            audience_id=PUBLIC,
            container_audience_id=PUBLIC,
        )
        set_avatar(viewer=viewer, key=file.key, now=now)


@transaction.atomic
def remove_avatar(*, viewer: Viewer, now: datetime) -> None:
    """Show the viewer's letter again instead of the picture."""
    _let_avatar_go(viewer.member_id, now=now)
    set_avatar(viewer=viewer, key="", now=now)


def remove_files_of(*, member_id: int) -> int:
    """Remove a member's picture and uploads that stand nowhere, with their bytes; return how many."""
    own = Q(uploaded_by_id=member_id, target_type="") | Q(target_type=AVATAR, target_id=member_id)
    return _remove(File.objects.filter(own))


def remove_attached(*, target_type: str, target_ids: Iterable[int]) -> int:
    """Remove the files of things that are erased, with their bytes; return how many."""
    return _remove(File.objects.filter(target_type=target_type, target_id__in=list(target_ids)))


def _remove(files: QuerySet[File]) -> int:
    """Remove bytes before rows: cut off between them, it finds the row again."""
    found = list(files)
    for file in found:
        storage.remove(file.key, widths=[*VARIANT_WIDTHS])
    File.objects.filter(pk__in=[file.pk for file in found]).delete()
    return len(found)


def change_audience(
    *, target_type: str, target_ids: Iterable[int], audience_id: int, container_audience_id: int
) -> int:
    """Let the files of these targets follow their audience, at once."""
    files = File.objects.filter(target_type=target_type, target_id__in=list(target_ids))
    return files.update(audience_id=audience_id, container_audience_id=container_audience_id)


def make_variants(*, file_id: int) -> None:
    """Write the smaller copies of an image."""
    file = File.objects.filter(pk=file_id, kind=File.Kind.IMAGE, is_removed=False).first()
    if file is None:
        return
    content = storage.read(file.key)
    widths = [width for width in VARIANT_WIDTHS if width < (file.width or 0)]
    for width in widths:
        storage.write(file.key, screening.resized(content, width=width), width=width)
    File.objects.filter(pk=file.pk).update(variants=widths)


def remove_unattached(*, now: datetime) -> int:
    """Remove uploads that found no place in time."""
    old = list(File.objects.filter(target_type="", uploaded_at__lt=now - KEEP_UNATTACHED)[:500])
    for file in old:
        storage.remove(file.key, widths=file.variants)
    File.objects.filter(pk__in=[file.pk for file in old], target_type="").delete()
    return len(old)


def safe_name(name: str, *, extension: str) -> str:
    """Return a file name without paths, control or direction characters, ending in the true extension."""
    base = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    stem = FORBIDDEN_IN_NAMES.sub("", base).rpartition(".")[0] or FORBIDDEN_IN_NAMES.sub("", base)
    return (stem.strip(". ")[:100] or "file") + extension


def _require_room(viewer: Viewer, *, now: datetime) -> None:
    waiting = File.objects.filter(uploaded_by_id=viewer.member_id, target_type="", is_removed=False)
    today = waiting.filter(uploaded_at__gt=now - timedelta(days=1)).count()
    has_room = today < MAX_UNATTACHED and waiting.count() < MAX_UNATTACHED_EVER
    require(has_room, _("You have many files that are not in a post yet. Please post or wait a day."))


def _let_avatar_go(member_id: int | None, *, now: datetime) -> None:
    """Take the picture from its place; no draft shows it, so it goes within a day."""
    nowhere = {"target_type": "", "target_id": None, "audience_id": None, "container_audience_id": None}
    old = File.objects.filter(target_type=AVATAR, target_id=member_id)
    old.update(**nowhere, uploaded_at=now - KEEP_UNATTACHED + timedelta(days=1))


def _screened(raw: bytes, name: str, *, images_only: bool) -> tuple[screening.Screened, str]:
    if images_only:
        return screening.screened_image(raw), File.Kind.IMAGE
    try:
        return screening.screened_document(raw), File.Kind.DOCUMENT
    except Refused as no_document:
        try:
            return screening.screened_image(raw), File.Kind.IMAGE
        except Refused as no_image:  # the reason is about what the person took the file for
            raise (no_image if name.lower().endswith(screening.IMAGE_ENDINGS) else no_document) from None
