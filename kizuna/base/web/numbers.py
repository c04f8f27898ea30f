"""Whole numbers as people and programs send them in addresses and forms."""

import re

# Eighteen digits fit a signed 64-bit column. ASCII only: a number has one spelling.
DIGITS = "[0-9]{1,18}"
WHOLE = re.compile(DIGITS)


def whole(text: object) -> int | None:
    """Return the number (0 or more) that `text` spells, or None when it is none that a row or a place could have."""
    return int(text) if isinstance(text, str) and WHOLE.fullmatch(text) else None
