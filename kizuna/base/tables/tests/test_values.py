"""Dates, numbers, yes and no, phone numbers: what is read, and what is rather reported than guessed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kizuna.base.tables.cells import cell_text, is_date_format
from kizuna.base.tables.dates import DateColumn, read_date
from kizuna.base.tables.numbers import read_number, read_percent, read_share, read_whole
from kizuna.base.tables.problems import TEXTS, ValueProblem
from kizuna.base.tables.words import read_phone, read_yes_no

APRIL = date(2024, 4, 1)


def code_of(read, *args, **options) -> str:
    with pytest.raises(ValueProblem) as raised:
        read(*args, **options)
    assert raised.value.code in TEXTS
    return raised.value.code


@pytest.mark.parametrize(
    "text",
    [
        "2024/4/1", "2024-04-01", "2024年4月1日", "２０２４年４月１日", "2024.4.1", " 2024/04/01 ", "20240401", "45383",
        "令和6年4月1日", "令和 6 年 4 月 1 日", "R6.4.1", "r6/4/1", "Ｒ６．４．１", "令6.4.1", "平成36年4月1日", "㋿6年4月1日",
        "2024年4月1日(月)", "2024-04-01T09:30:00Z", "2024/4/1 9:30", "2024-04-01 09:30:00.5+09:00", "2024年4月1日 9時30分",
        "1 Apr 2024", "01-Apr-2024", "April 1, 2024", "Apr 1st, 2024", "45383.75",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_usual_way_of_writing(text):
    assert read_date(text) == APRIL


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.12.31", date(2019, 12, 31)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("H1.1.8", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S15.2.29", date(1940, 2, 29)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治45年7月29日", date(1912, 7, 29)),
    ],
)
def test_era_years_are_read_up_to_their_borders(text, day):
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("令和元年4月30日", "before_era"),
        ("令和0年5月1日", "no_such_day"),
        ("2023-02-29", "no_such_day"),
        ("2024/13/01", "no_such_day"),
        ("20241301", "no_such_day"),
        ("32/01/2024", "no_such_day"),
        ("24/4/1", "two_digit_year"),
        ("01-04-24", "two_digit_year"),
        ("04/05/2024", "ambiguous_date"),
        ("", "not_a_date"),
        ("来月", "not_a_date"),
        ("2024", "not_a_date"),
        ("99999", "not_a_date"),
        ("12345", "not_a_date"),
        ("1 Foo 2024", "not_a_date"),
        ("2024-04-01" * 9, "not_a_date"),
    ],
)
def test_what_is_no_single_day_is_refused_with_its_reason(text, code):
    assert code_of(read_date, text) == code


def test_day_and_month_are_told_apart_by_the_column_or_by_a_person():
    assert read_date("04-05-2024", order="dmy") == date(2024, 5, 4)
    assert read_date("04/05/2024", order="mdy") == date(2024, 4, 5)
    assert read_date("25.12.2024") == read_date("12/25/2024") == date(2024, 12, 25)
    assert read_date("05/05/2024") == date(2024, 5, 5)


@pytest.mark.parametrize(
    ("values", "order", "needs_choice"),
    [
        (["01/02/2024", "25/02/2024"], "dmy", False),
        (["01/02/2024", "02/25/2024"], "mdy", False),
        (["01/02/2024", "03/04/2024"], "", True),
        (["25/02/2024", "02/25/2024", "01/02/2024"], "", True),
        (["2024-04-01", "令和6年4月1日", "", "x" * 1000], "", False),
        (["05/05/2024"], "", False),
    ],
)
def test_a_column_decides_its_order_only_by_proof(values, order, needs_choice):
    column = DateColumn()
    for value in values:
        column.see(value)
    assert (column.order, column.needs_choice) == (order, needs_choice)


@given(st.dates(min_value=date(1954, 10, 4), max_value=date(2118, 12, 31)))
def test_every_way_of_writing_a_day_leads_back_to_it(day):
    serial = (day - date(1899, 12, 30)).days
    written = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        str(serial),
    ]
    if day >= date(2019, 5, 1):
        written.append(f"令和{day.year - 2018}年{day.month}月{day.day}日")
    assert {read_date(text) for text in written} == {day}
    assert read_date(f"{day.day:02}-{day.month:02}-{day.year}", order="dmy") == day


@given(st.text(max_size=80))
def test_no_text_breaks_the_readers(text):
    for read in (read_date, read_number, read_whole, read_share, read_yes_no, read_phone):
        assert code_or_nothing(read, text) in {"", *TEXTS}


def code_or_nothing(read, text: str) -> str:
    try:
        read(text)
    except ValueProblem as problem:
        return problem.code
    return ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200000", "1200000"), ("1,200,000", "1200000"), ("１，２００，０００", "1200000"), ("1,200,000円", "1200000"),
        ("¥1,200,000", "1200000"), ("￥1,200,000-", "1200000"), ("1,200,000 JPY", "1200000"), ("$1,234.50", "1234.50"),
        ("△1,200", "-1200"), ("▲1,200円", "-1200"), ("(1,200)", "-1200"), ("（１，２００）", "-1200"), ("−5", "-5"), ("-5", "-5"),
        ("120人", "120"), ("１０名", "10"), ("12ヶ月", "12"), ("3席", "3"), ("1.2万人", "12000"),
        ("¥-5", "-5"), ("\\1,200", "1200"), ("－５", "-5"), ("+5", "5"), ("120万円", "1200000"), ("1.5億", "150000000"), ("3千", "3000"),
        ("0", "0"), ("-0", "0"), (".5", "0.5"), ("1E+3", "1000"), ("1.5e3", "1500"), ("0.1", "0.1"), (" 7 ", "7"),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,23", "misplaced_comma"), ("12,34,567", "misplaced_comma"), ("1,2345", "misplaced_comma"), (",5", "misplaced_comma"),
        ("", "not_a_number"), ("円", "not_a_number"), ("五", "not_a_number"), ("1 2", "not_a_number"), ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"), ("--5", "not_a_number"), ("1.2.3", "not_a_number"), ("#N/A", "not_a_number"),
        ("0x10", "not_a_number"),
        ("9" * 30, "number_too_large"), ("1E+99", "number_too_large"), ("9" * 100, "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_reason(text, code):
    assert code_of(read_number, text) == code


def test_whole_numbers_and_percentages():
    assert (read_whole("3.0"), read_whole("1,000席"[:-1])) == (3, 1000)
    assert code_of(read_whole, "3.5") == "not_whole"
    assert (read_share("12.5%"), read_share("１００％"), read_share("△3 %")) == (Decimal("0.125"), 1, Decimal("-0.03"))
    assert code_of(read_share, "12.5") == code_of(read_share, "%") == "not_a_percentage"


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_a_number_with_commas_in_any_dress_leads_back(number):
    written = f"{abs(number):,}"
    wide = written.translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789,"})
    dresses = [f"△{written}", f"({written}円)", f"-{wide}"] if number < 0 else [written, f"¥{wide}", f"{written}円"]
    assert {read_number(text) for text in dresses} == {number}


def test_yes_and_no_are_read_from_the_usual_words():
    assert all(map(read_yes_no, ["はい", "有", "あり", "○", "◯", "TRUE", "True", "１", "済", "Ｙ", "yes ", "✓"]))
    assert not any(map(read_yes_no, ["いいえ", "無", "なし", "×", "FALSE", "0", "未", "no", "Ｎ", "-"]))
    assert code_of(read_yes_no, "") == code_of(read_yes_no, "たぶん") == "not_yes_or_no"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("03-1234-5678", "+81312345678"), ("（03）1234-5678", "+81312345678"), ("０３ー１２３４ー５６７８", "+81312345678"),
        ("090 1234 5678", "+819012345678"), ("+81-3-1234-5678", "+81312345678"), ("+81(0)3-1234-5678", "+81312345678"),
        ("TEL: 06-6123-4567 内線 12", "+81661234567"), ("+1 415 555 0100", "+14155550100"), ("010-1-415-555-0100", "+14155550100"),
    ],
)  # fmt: skip
def test_a_phone_number_is_read_in_international_form(text, phone):
    assert read_phone(text) == phone


def test_phone_numbers_that_excel_has_spoiled_are_reported():
    assert code_of(read_phone, "9012345678") == code_of(read_phone, "312345678") == "lost_zero"
    for text in ("", "123", "03-1234", "03-1234-5678 / 03-9999-9999", "なし", "+" + "1" * 20):
        assert code_of(read_phone, text) == "not_a_phone"


def test_cells_of_a_workbook_become_text():
    assert cell_text("n", "45383", is_date=True, uses_1904=False) == "2024-04-01"
    assert cell_text("n", "45383.5", is_date=True, uses_1904=False) == "2024-04-01 12:00:00"
    assert cell_text("n", "43921", is_date=True, uses_1904=True) == "2024-04-01"
    assert cell_text("n", "1", is_date=True, uses_1904=False) == "1900-01-01"
    assert cell_text("n", "61", is_date=True, uses_1904=False) == "1900-03-01"
    assert cell_text("n", "0.1", is_date=False, uses_1904=False) == "0.1"
    assert cell_text("n", "1200000", is_date=False, uses_1904=False) == "1200000"
    assert cell_text("n", "1.0E+20", is_date=True, uses_1904=False) == "1e+20"
    assert [cell_text("b", raw, is_date=False, uses_1904=False) for raw in "10"] == ["TRUE", "FALSE"]


@pytest.mark.parametrize(
    ("number", "code", "is_date"),
    [
        (14, "", True), (22, "", True), (31, "", True), (57, "", True), (0, "", False), (2, "", False), (49, "", False),
        (164, 'yyyy"年"m"月"d"日"', True), (165, "[$-411]ggge年m月d日", True), (166, "#,##0円", False), (167, '"day "0', False),
        (168, "[Red]0.00", False), (169, "General", False), (170, "[h]:mm", True), (171, "0.00E+00", False),
    ],
)  # fmt: skip
def test_date_formats_are_known(number, code, is_date):
    assert is_date_format(number, code) is is_date


def test_each_text_about_a_problem_exists_in_both_languages():

    for language in ("ja", "en"):
        with override(language):
            texts = {code: str(text) for code, text in TEXTS.items()}
        assert len(set(texts.values())) == len(texts)
        if language == "ja":
            assert all(any(ord(one) > 0x3000 for one in text) for text in texts.values())


def test_a_serial_is_the_day_that_excel_shows():
    assert read_date("45383") - timedelta(days=45383) == date(1899, 12, 30)


@pytest.mark.parametrize(
    ("text", "percent"),
    [("10%", 10), ("１０％", 10), ("8", 8), ("0", 0), ("0.1", 10), ("0.08", 8), ("100", 100), ("1", 1)],
)
def test_percent_come_with_their_sign_without_it_or_as_a_workbook_keeps_them(text, percent):
    assert read_percent(text) == percent


@pytest.mark.parametrize("text", ["", "%", "8.5", "8.5%", "たぶん"])
def test_what_is_no_whole_percent_is_none(text):
    with pytest.raises(ValueProblem):
        read_percent(text)
