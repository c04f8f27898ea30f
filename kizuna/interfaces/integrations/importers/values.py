"""Single values of foreign files: times, counts, texts that a database can hold."""

import re
from datetime import UTC, datetime

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def moment(value: str | float | None) -> datetime:
    """Return an aware UTC time from ISO, "2024-01-01 01:04:34 +0000", or seconds since 1970. Raises ValueError."""
    if value is None or value == "":
        raise ValueError("no time")
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError):
        raise ValueError("a time that cannot be read") from None
    if found < EARLIEST:
        raise ValueError("a time before 1970")
    return found


def _moment(value: str | float) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    cleaned = value.strip().replace(" +", "+").replace(" -", "-")
    if cleaned.replace(".", "", 1).isdigit() and "-" not in cleaned and len(cleaned.partition(".")[0]) != 8:
        return datetime.fromtimestamp(float(cleaned), UTC)
    found = datetime.fromisoformat(cleaned)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def number(value: str | float | None) -> int:
    """Return a count; empty or unreadable is 0, and never less than 0."""
    try:
        return min(2_000_000_000, max(0, int(float(value or 0))))
    except (ValueError, OverflowError, TypeError):
        return 0


def clean(text: str) -> str:
    """Return the text without control characters and lone surrogates, which no database takes."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "ignore").decode()
