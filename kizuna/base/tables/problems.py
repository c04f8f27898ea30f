"""What can be wrong with a file, a row or a value: a code for programs and a sentence for people."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

VALUE_SHOWN = 80

TEXTS: dict[str, Any] = {
    # the file
    "empty_file": _("The file is empty."),
    "no_header": _("The first line must hold the names of the columns."),
    "encoding": _("The text is neither UTF-8, UTF-16 nor Shift_JIS (CP932)."),
    "not_a_spreadsheet": _("The file cannot be read as an Excel workbook (.xlsx)."),
    "old_spreadsheet": _("This is an Excel file of the old kind (.xls). Please save it as .xlsx or CSV."),
    "locked_spreadsheet": _("The Excel file is protected by a password. Please save it without one."),
    "no_sheet": _("The workbook has no sheet of that name."),
    "too_large_inside": _("Unpacked, the Excel file is larger than can be read. Please save it as CSV."),
    "no_rows": _("There is no row below the names of the columns."),
    "too_many_columns": _("There are more than 500 columns."),
    "line_too_long": _("A line is longer than a million characters. Perhaps a quotation mark is not closed."),
    "unclosed_quote": _("A quotation mark is opened but not closed."),
    # a row
    "too_many_cells": _("The row has more cells than there are columns."),
    "control_character": _("The row holds a character that is no text (such as NUL)."),
    "broken_quote": _("There is text after a closed quotation mark."),
    # a value
    "missing": _("This is needed."),
    "not_a_date": _("This is no date that can be read. Example: 2024-04-01"),
    "no_such_day": _("There is no such day."),
    "ambiguous_date": _("Day and month cannot be told apart. Please choose the order for this column."),
    "two_digit_year": _("The year has two digits only. Please write four."),
    "before_era": _("The era had not begun on that day."),
    "not_a_number": _("This is no number that can be read. Example: 1,200,000"),
    "not_whole": _("A whole number is needed."),
    "misplaced_comma": _("The commas do not stand at every third digit."),
    "number_too_large": _("The number is too large."),
    "not_a_percentage": _("Please write a percentage with its sign. Example: 12.5%"),
    "not_yes_or_no": _("This is neither yes nor no. Example: yes, no"),
    "not_a_phone": _("This is no phone number that can be read."),
    "lost_zero": _("The phone number seems to have lost its leading zero in Excel."),
    "too_long": _("The text is too long."),
    "not_in_list": _("This is none of the words that are known here."),
}


class FileProblem(Exception):
    """The file as a whole cannot be read; what was read before the line was right."""

    def __init__(self, code: str, *, line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


class ValueProblem(ValueError):
    """A value cannot be read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class RowProblem:
    """What is wrong where: the line of the file, the column's name ("" for the whole row) and the value as it stands."""

    line: int
    column: str
    value: str
    code: str

    @classmethod
    def of(cls, problem: ValueProblem, *, line: int, column: str, value: str) -> "RowProblem":
        """Return the problem of a value with its place."""
        return cls(line, column, value[:VALUE_SHOWN], problem.code)


def problem_text(code: str) -> str:
    """Return the sentence for a problem in the language of the moment."""
    return str(TEXTS.get(code, code))
