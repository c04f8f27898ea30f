"""A line that stands among others: names, companies, titles."""

import re

# Marks that turn the direction of what follows: at the end of one name they turn the words after it around.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """Return a text without line breaks, control characters and marks of direction, and with nothing around it."""
    return _BREAKS.sub(" ", _DIRECTIONS.sub("", text)).strip()
