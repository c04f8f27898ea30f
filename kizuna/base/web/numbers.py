"""Whole numbers as people and programs send them in addresses and forms."""

import re

# What a signed column of 64 bits can hold. ASCII only: a number has one spelling.
DIGITS = "[0-9]{1,19}"
GREATEST = 2**63 - 1
WHOLE = re.compile(DIGITS)


def whole(text: object) -> int | None:
    """Return the number (0 or more) that `text` spells, or None when it is none that a row or a place could have."""
    if not isinstance(text, str) or not WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if number <= GREATEST else None
