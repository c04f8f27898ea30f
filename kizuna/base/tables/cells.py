"""What a cell of a workbook says, as text."""

import re
from datetime import datetime, timedelta

DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
# What stands in quotes, behind a backslash or in brackets (colours, languages; but not [h] and the like) is no part of a date.
IGNORED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
DATE_LETTERS = re.compile(r"[ymdhsge]", re.IGNORECASE)
DAY_ZERO, DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
LAST_SERIAL = 2_958_465  # 9999-12-31


def is_date_format(number: int, code: str) -> bool:
    """Tell whether a number format shows a date or a time."""
    if code:
        shown = IGNORED.sub("", code.split(";")[0])
        return shown.lower() != "general" and bool(DATE_LETTERS.search(shown.replace("E+", "").replace("E-", "")))
    return number in DATE_FORMATS


def cell_text(kind: str, raw: str, *, is_date: bool, uses_1904: bool) -> str:
    """Return the text of a cell of a kind ("n", "b", "d", "e", "str", "inlineStr")."""
    if kind == "b":
        return "TRUE" if raw.strip() == "1" else "FALSE"
    if kind == "e":
        return raw  # such as #N/A: no value can be read from it, and the row says so
    if kind != "n":
        return raw
    try:
        number = float(raw)
    except ValueError:
        return raw
    if is_date and 0 <= number <= LAST_SERIAL:
        return _moment(number, uses_1904)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def from_serial(number: float, *, uses_1904: bool = False) -> datetime:
    """Return the time that Excel means by a serial number. Excel counts a 29 February 1900 that never was."""
    base = DAY_ZERO_1904 if uses_1904 else DAY_ZERO
    if not uses_1904 and number < 61:
        number += 1
    return base + timedelta(seconds=round(number * 86400))


def _moment(number: float, uses_1904: bool) -> str:
    if number < 1 and not uses_1904:
        return from_serial(number).time().isoformat()
    moment = from_serial(number, uses_1904=uses_1904)
    return moment.date().isoformat() if number.is_integer() else moment.isoformat(sep=" ")
