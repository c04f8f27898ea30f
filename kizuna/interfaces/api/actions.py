"""Keep answers under their idempotency keys."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kizuna.interfaces.api.models import IdempotencyKey
from kizuna.interfaces.api.problems import Problem

HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 200
KEPT_FOR = timedelta(days=2)


def answered_once(
    request: HttpRequest, *, member_id: int, key: str, answer: Callable[[], HttpResponse], now: datetime
) -> HttpResponse:
    """Return the answer kept under this key, or answer and keep it in the same transaction.

    The same request sent twice at once waits for the first. A failure keeps nothing, so it can be sent again.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise Problem(422, _("The Idempotency-Key must have 1 to 200 printable characters."))
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(
                    member_id=member_id, key=key, fingerprint=fingerprint, created_at=now
                )
        except IntegrityError:
            return _kept_answer(IdempotencyKey.objects.get(member_id=member_id, key=key), fingerprint)
        response = answer()
        IdempotencyKey.objects.filter(pk=kept.pk).update(status=response.status_code, body=response.content.decode())
    return response


def forget_old_keys(*, now: datetime) -> int:
    """Delete answers that nobody will ask for again."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def forget_keys_of(*, member_id: int) -> int:
    """Delete the answers kept for one member's programs; return how many."""
    return IdempotencyKey.objects.filter(member_id=member_id).delete()[0]


def _fingerprint(request: HttpRequest) -> str:
    sent = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(sent).hexdigest()


def _kept_answer(kept: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise Problem(422, _("This Idempotency-Key was used for another request."))
    headers = {"Idempotent-Replayed": "true"}
    return HttpResponse(kept.body, status=kept.status, content_type="application/json; charset=utf-8", headers=headers)
