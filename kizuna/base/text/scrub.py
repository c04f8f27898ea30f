"""Take words that name a person out of texts."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

GONE = "■■■"
SPACES = re.compile(r"[\s\u3000]+")


def scrubbed(text: str, words: Iterable[str]) -> str:
    """Return the text with each of the words covered, whatever their case and the spaces between their parts."""
    pattern = _pattern(frozenset(word.strip() for word in words if word.strip()))
    return pattern.sub(GONE, text) if pattern else text


def scrubbed_values(value: Any, words: Iterable[str]) -> Any:
    """Return a JSON value with the words covered in all its texts."""
    if isinstance(value, str):
        return scrubbed(value, words)
    if isinstance(value, list):
        return [scrubbed_values(item, words) for item in value]
    if isinstance(value, dict):
        return {key: scrubbed_values(item, words) for key, item in value.items()}
    return value


@lru_cache(maxsize=64)
def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    # "木村 あおい" is written with a wide space or none as well.
    parts = [r"[\s\u3000]*".join(map(re.escape, SPACES.split(word))) for word in sorted(words, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE)
