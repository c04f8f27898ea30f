"""What the page around tells of itself: few, short, plain, and no secret. The customer sees it before it is sent."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import pgettext_lazy

MOST_FACTS = 12
LONGEST_KEY, LONGEST_VALUE = 40, 200
# A page that hands over everything it knows must not hand these over.
_SECRETS = re.compile(
    r"pass(word|wd)?$|パスワード|暗証|secret|token|authoriz|cookie|session|api.?key|card|cvv|カード番号", re.IGNORECASE
)
_NUMBERS = re.compile(r"(?:\d[ -]?){13,19}")

LABELS = {
    "screen": pgettext_lazy("context", "Screen"),
    "url": pgettext_lazy("context", "Address"),
    "plan": pgettext_lazy("context", "Plan"),
    "shop": pgettext_lazy("context", "Shop"),
    "version": pgettext_lazy("context", "Version"),
    "number": pgettext_lazy("context", "Customer number"),
}


def screened(sent: Any) -> list[list[str]]:
    """Return [[key, value], …] as it may be kept: cut, without controls, without what looks like a secret."""
    if not isinstance(sent, list):
        return []
    kept: dict[str, str] = {}
    for item in sent[: 4 * MOST_FACTS]:
        if (
            not isinstance(item, list)
            or len(item) != 2
            or not all(isinstance(part, str | int | float) for part in item)
        ):
            continue
        key, value = _plain(str(item[0]), LONGEST_KEY), _plain(str(item[1]), LONGEST_VALUE * 4)
        if key == "url":
            value = _address(value)
        if key and value and not _SECRETS.search(key) and not _NUMBERS.search(value):
            kept.setdefault(key, value[:LONGEST_VALUE])
        if len(kept) == MOST_FACTS:
            break
    return [[key, value] for key, value in kept.items()]


def label_of(key: str) -> Any:
    """Return what a key is called: our word for the usual ones, else the page's own."""
    return LABELS.get(key, key)


def _plain(text: str, longest: int) -> str:
    text = text[: longest * 4].encode("utf-8", "replace").decode()
    letters = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn") else letter for letter in text
    )
    return " ".join(letters.split())[:longest]


def _address(text: str) -> str:
    """Return an address without its query and fragment, which hold what nobody meant to send."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return (
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme in ("http", "https") else ""
    )
