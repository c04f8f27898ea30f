"""What a digest covers."""

import hashlib
import json
from datetime import UTC
from typing import Any

from kizuna.core.audit.models import Facts


def digest_of(facts: Facts, *, number: int, previous: str) -> str:
    """Return the SHA-256 (hex) of an entry's content, its number and the digest before it."""
    content: list[Any] = [
        number,
        facts.at.astimezone(UTC).isoformat(timespec="microseconds"),
        facts.actor_id,
        facts.action,
        facts.subject_type,
        facts.subject_id,
        facts.detail,
        facts.key,
        previous,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
