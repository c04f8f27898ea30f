"""Copies and where their files lie."""

import hashlib
import hmac
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from kizuna.base import hosting
from kizuna.base.registry import hidden_from
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy.models import PersonCopy

KEY_BYTES = 16  # 128 bits


def file_of(copy: PersonCopy) -> Path:
    """Return where a copy lies: outside of media and lake, so that no backup holds it."""
    return hosting.current().folder / "exports" / f"{copy.key}.zip"


def copies_visible_to(viewer: Viewer) -> QuerySet[PersonCopy]:
    """Return the copies that a viewer may take: one's own, made for oneself, and all as a manager from whom nothing is hidden."""
    copies = PersonCopy.objects.order_by("-id")
    if can_manage(viewer) and not hidden_from(viewer=viewer):
        return copies
    if not viewer.is_member or viewer.is_view_as:
        return copies.none()
    return copies.filter(member_id=viewer.own_id, asked_by_id=viewer.own_id)


def copy_for(viewer: Viewer, copy_id: int, *, now: datetime) -> PersonCopy:
    """Return a copy that lies ready and may be taken, or Http404."""
    copy = _ready(now).filter(pk=copy_id).first()
    if copy is None or not copies_visible_to(viewer).filter(pk=copy_id).exists():
        raise Http404
    return copy


def copy_by_link(copy_id: int, key: str, *, now: datetime) -> PersonCopy:
    """Return the copy that a link leads to, or Http404. Whoever has the link may take it until it expires."""
    copy = _ready(now).filter(pk=copy_id).first()
    if copy is None or not hmac.compare_digest(link_key(copy).encode(), key.encode()):
        raise Http404
    return copy


def link_key(copy: PersonCopy) -> str:
    """Return the secret part of a copy's link: derived from the installation's secret, so never stored."""
    words = f"copy:{hosting.current().slug}:{copy.pk}:{copy.key}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).digest()[:KEY_BYTES].hex()


def _ready(now: datetime) -> QuerySet[PersonCopy]:
    return PersonCopy.objects.filter(state=PersonCopy.State.READY, expires_at__gt=now)
