"""Corporate numbers (法人番号): thirteen digits, the first of which checks the other twelve."""

import re
import unicodedata

_DIGITS = re.compile(r"\d{13}")


def corporate_number_of(text: str) -> str:
    """Return the thirteen digits in `text` when they are a valid corporate number, else ""."""
    digits = "".join(character for character in unicodedata.normalize("NFKC", text) if character.isdigit())
    return digits if is_corporate_number(digits) else ""


def is_corporate_number(digits: str) -> bool:
    """Tell whether thirteen ASCII digits carry the right check digit."""
    return bool(_DIGITS.fullmatch(digits)) and digits.isascii() and int(digits[0]) == check_digit(digits[1:])


def check_digit(base: str) -> int:
    """Return the check digit of twelve digits: 9 − (Σ digit × weight mod 9), weights 1, 2 from the right.

    Source: 法人番号の指定等に関する省令 (財務省令, 2014), article 2.
    """
    total = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(base)))
    return 9 - total % 9


def phone_of(text: str) -> str:
    """Return a telephone number as digits with a leading 0, "" when it is too short to tell one from another."""
    normal = unicodedata.normalize("NFKC", text)
    digits = "".join(character for character in normal if character.isdigit())
    if normal.strip().startswith("+81") or (digits.startswith("81") and len(digits) in (11, 12)):
        digits = "0" + digits.removeprefix("81").removeprefix("0")
    return digits if 9 <= len(digits) <= 15 else ""
