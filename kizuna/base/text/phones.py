"""Telephone numbers as people in Japan write them, and the one form (E.164) by which they are compared.

The plan of numbers is `phonenumbers`'; what it does not know of Japanese papers (内線, 代表, 0081) is put right before.
"""

import re
import unicodedata
from functools import lru_cache

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

HOME = "JP"
LONGEST = 80
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u2043\u30fc\u3161\u00ad\uff70\uff0d\ufe58\ufe63~\u301c\uff5e]")
# What comes after a number inside the house; the number itself is what is called.
_EXTENSION = re.compile(r"(?:内線|ないせん|extension|extn?\.?|#|\bx)\s*[:.\-]?\s*\d{1,7}.*$", re.IGNORECASE)
_SEVERAL = re.compile(r"[/、,;|\n]|または|又は")
_SCHEMES = re.compile(r"^(?:tel|sips?|callto):", re.IGNORECASE)
_ABROAD = re.compile(r"^(?:0081|010\s*-?\s*81)")
_PLAIN = re.compile(r"[\d+\-.()\s\[\]]+")


@lru_cache(maxsize=4096)
def key_of(text: str) -> str:
    """Return the first telephone number in `text` as +81355500142, "" when there is none.

    Without its extension; an unassigned number has a key as well, a short one (110, 117) has none.
    """
    for part in _SEVERAL.split(unicodedata.normalize("NFKC", text[:LONGEST])):
        if key := _key(part):
            return key
    return ""


def is_number(text: str) -> bool:
    """Tell whether somebody typed a telephone number and nothing else."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text.strip()))
    return bool(_PLAIN.fullmatch(plain)) and bool(key_of(text))


def shown(key: str) -> str:
    """Return a key as it is written at home: 03-5550-0142; a foreign one with its country code."""
    try:
        number = parse(key, HOME)
    except NumberParseException:
        return key
    home = number.country_code == 81
    return format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def _key(part: str) -> str:
    text = _SCHEMES.sub("", _DASHES.sub("-", part).strip())
    text = text.partition("@")[0].partition(";")[0]
    text = _EXTENSION.sub("", text).replace("(0)", "")
    text = re.sub(r"\(?(?:代表|代)\)?", "", text)
    text = re.sub(r"^[^\d+(]+", "", text)  # TEL and the like
    text = _ABROAD.sub("+81", text.strip())
    try:
        number = parse(text, HOME)
    except NumberParseException:
        return ""
    if not is_possible_number(number) or len(str(number.national_number)) < 7:
        return ""
    return format_number(number, PhoneNumberFormat.E164)
