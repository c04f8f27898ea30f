"""Numbers as invoices and spreadsheets in Japan write them: full width, commas, 円, 万, △ for minus."""

import re
import unicodedata
from decimal import Decimal

from kizuna.base.tables.problems import ValueProblem

MAX_TEXT = 60
MAX_DIGITS = 18
MINUS_SIGNS = "-−‐‑–—△▲▵"
UNITS = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "億": 100_000_000}
CURRENCY_OF = {
    "円": "JPY",
    "JPY": "JPY",
    "$": "USD",
    "USD": "USD",
    "€": "EUR",
    "EUR": "EUR",
    "£": "GBP",
}  # ¥ may be two
CURRENCIES = r"(?:[¥\\$€£]|JPY|USD|EUR|円)"  # Excel saves ¥ as \ in CP932
PLAIN = re.compile(r"(?P<whole>\d+|\d{1,3}(?:,\d{3})+)?(?:\.(?P<part>\d+))?(?:E(?P<exponent>[+-]?\d{1,2}))?")
WITH_COMMAS = re.compile(r"[\d,]*\d[\d,]*(?:\.\d+)?")
COUNTERS = r"(?:人|名|席|個|件|回|本|台|社|ヶ月|ケ月|ヵ月|カ月|か月|ID)"
ENDS = re.compile(
    rf"^\s*{CURRENCIES}?\s*(?P<number>.*?)\s*(?P<unit>千|百万|万|億)?\s*(?:{CURRENCIES}|{COUNTERS})?\s*-?$",
    re.IGNORECASE,
)


def read_number(text: str) -> Decimal:
    """Return the number that a text means, exactly. Raises ValueProblem."""
    said, is_negative = _sign(text)
    match = ENDS.match(said)
    if match is None:
        raise ValueProblem("not_a_number")
    said, unit = match["number"], match["unit"] or ""
    if not is_negative:
        said, is_negative = _sign(said)
    number = _plain(said) * UNITS[unit]
    return -number if is_negative and number else number


def read_whole(text: str) -> int:
    """Return the whole number that a text means (“3.0” is one). Raises ValueProblem."""
    number = read_number(text)
    if number != number.to_integral_value():
        raise ValueProblem("not_whole")
    return int(number)


def read_amount(text: str) -> tuple[Decimal, str]:
    """Return an amount of money and the currency whose sign stands beside it, "" where none does. Raises ValueProblem."""
    number, said = read_number(text), unicodedata.normalize("NFKC", text).upper()
    return number, next((code for sign, code in CURRENCY_OF.items() if sign in said), "")


def read_share(text: str) -> Decimal:
    """Return a percentage as a share: “12.5%” is 0.125. Without a sign nobody knows what was meant. Raises ValueProblem."""
    said = unicodedata.normalize("NFKC", text).strip()
    if not said.endswith("%"):
        raise ValueProblem("not_a_percentage")
    try:
        return read_number(said[:-1]) / 100
    except ValueProblem:
        raise ValueProblem("not_a_percentage") from None


def read_percent(text: str) -> int:
    """Return whole percent: “10%”, “10”, or .1 as a workbook keeps a cell of 10%. Raises ValueProblem."""
    said = unicodedata.normalize("NFKC", text).strip()
    number = read_number(said.removesuffix("%"))
    if not said.endswith("%") and 0 < number < 1:
        number *= 100
    if number != number.to_integral_value():
        raise ValueProblem("not_whole")
    return int(number)


def _sign(text: str) -> tuple[str, bool]:
    """Take a sign, or the brackets of book-keeping, off a number."""
    if len(text) > MAX_TEXT:
        raise ValueProblem("not_a_number")
    said = unicodedata.normalize("NFKC", text).strip()
    if said.startswith("(") and said.endswith(")"):
        return said[1:-1].strip(), True
    if said[:1] and said[0] in MINUS_SIGNS:
        return said[1:].strip(), True
    return said.removeprefix("+"), False


def _plain(said: str) -> Decimal:
    match = PLAIN.fullmatch(said.upper())
    if match is None or (match["whole"] is None and match["part"] is None):
        raise ValueProblem("misplaced_comma" if "," in said and WITH_COMMAS.fullmatch(said) else "not_a_number")
    number = Decimal(said.replace(",", ""))
    if number and number.adjusted() >= MAX_DIGITS:
        raise ValueProblem("number_too_large")
    return number
