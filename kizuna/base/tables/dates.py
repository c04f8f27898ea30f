"""Dates as people in Japan and Excel write them. What can mean two days is never guessed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kizuna.base.tables.cells import from_serial
from kizuna.base.tables.problems import ValueProblem

DMY, MDY = "dmy", "mdy"
# Serial numbers between 1954 and 2119: a number outside is no date that anybody meant.
SERIALS = (20_000, 80_000)
MAX_TEXT = 60

ERAS = {
    "令和": date(2019, 5, 1), "平成": date(1989, 1, 8), "昭和": date(1926, 12, 25), "大正": date(1912, 7, 30), "明治": date(1868, 10, 23),
}  # fmt: skip
LETTERS = dict(zip("RHSTM令平昭大明", (*ERAS, *ERAS), strict=True))
MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}

TIME = r"(?:[T\s]+\d{1,2}[:時]\d{1,2}(?:[:分]\d{0,2}(?:\.\d+)?秒?)?分?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
WEEKDAY = r"\s*(?:\(\s*(?:[月火水木金土日]|mon|tue|wed|thu|fri|sat|sun)\s*\))?"
YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{WEEKDAY}{TIME}")
ERA_FIRST = re.compile(
    rf"(令和|平成|昭和|大正|明治|[RHSTM令平昭大明])\s*\.?\s*(元|\d{{1,3}})"
    rf"\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{WEEKDAY}{TIME}",
    re.IGNORECASE,
)
YEAR_LAST = re.compile(rf"(\d{{1,2}})\s*[-/.]\s*(\d{{1,2}})\s*[-/.]\s*(\d{{4}}){TIME}")
SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?")
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
DAY_MONTH_NAME = re.compile(r"(\d{1,2})[-\s]+([a-z]{3})[a-z]*\.?[-\s,]+(\d{4})", re.I)
MONTH_NAME_DAY = re.compile(r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.I)


def read_date(text: str, *, order: str = "") -> date:
    """Return the day that a text means. `order` ("dmy" or "mdy") is what was decided for its column. Raises ValueProblem."""
    said = unicodedata.normalize("NFKC", text).strip()
    if not said or len(said) > MAX_TEXT:
        raise ValueProblem("not_a_date")
    for pattern, read in READERS:
        match = pattern.fullmatch(said)
        if match is not None:
            return read(match)
    if match := YEAR_LAST.fullmatch(said):
        return _year_last(int(match[1]), int(match[2]), int(match[3]), order)
    raise ValueProblem("two_digit_year" if SHORT_YEAR.fullmatch(said) else "not_a_date")


@dataclass
class DateColumn:
    """Finds out which of day and month comes first in a column, from all of its values.

    `see` each value once, then ask for `order`: "" while nothing decides, so that its doubtful values are reported.
    """

    day_first: int = 0
    month_first: int = 0
    doubtful: int = 0

    def see(self, text: str) -> None:
        """Take one value of the column into account."""
        match = YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", text).strip()) if len(text) <= MAX_TEXT else None
        if match is None:
            return
        first, second = int(match[1]), int(match[2])
        if 12 < first <= 31 and 1 <= second <= 12:
            self.day_first += 1
        elif 12 < second <= 31 and 1 <= first <= 12:
            self.month_first += 1
        elif first != second:
            self.doubtful += 1

    @property
    def order(self) -> str:
        if self.day_first and not self.month_first:
            return DMY
        return MDY if self.month_first and not self.day_first else ""

    @property
    def needs_choice(self) -> bool:
        """Tell whether a person has to say the order: values are doubtful and nothing decides, or both orders occur."""
        return bool(self.doubtful) and not self.order


def _year_first(match: re.Match[str]) -> date:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _era_first(match: re.Match[str]) -> date:
    era = match[1].upper()
    begins = ERAS[LETTERS.get(era, era)]
    year = 1 if match[2] == "元" else int(match[2])
    if year == 0:
        raise ValueProblem("no_such_day")
    # An era's years go on after its end (平成35年 stands in contracts); before its beginning there are none.
    found = _day(begins.year + year - 1, int(match[3]), int(match[4]))
    if found < begins:
        raise ValueProblem("before_era")
    return found


def _year_last(first: int, second: int, year: int, order: str) -> date:
    if order == DMY or first > 12:
        return _day(year, second, first)
    if order == MDY or second > 12 or first == second:
        return _day(year, first, second)
    raise ValueProblem("ambiguous_date")


def _serial(match: re.Match[str]) -> date:
    number = float(match[0])
    if not SERIALS[0] <= number < SERIALS[1]:
        raise ValueProblem("not_a_date")
    return from_serial(number).date()


def _day_month_name(match: re.Match[str]) -> date:
    return _named(match[2], int(match[1]), int(match[3]))


def _month_name_day(match: re.Match[str]) -> date:
    return _named(match[1], int(match[2]), int(match[3]))


def _named(month: str, day: int, year: int) -> date:
    number = MONTHS.get(month.lower())
    if number is None:
        raise ValueProblem("not_a_date")
    return _day(year, number, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueProblem("no_such_day") from None


READERS = (
    (YEAR_FIRST, _year_first),
    (ERA_FIRST, _era_first),
    (EIGHT_DIGITS, _year_first),
    (SERIAL, _serial),
    (DAY_MONTH_NAME, _day_month_name),
    (MONTH_NAME_DAY, _month_name_day),
)
