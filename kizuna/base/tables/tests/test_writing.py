"""What is written opens in Excel as it is meant, and comes back as it was."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import get_language, override
from hypothesis import given
from hypothesis import strategies as st

from kizuna.base.tables import BadRows, Row, RowProblem, csv_lines, read_table, write_csv
from kizuna.base.tables.reading import meant
from kizuna.base.tables.writing import reason_headers, write_xlsx

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x", "-", "+81-3-1234"]


def written(rows, headers=("名前", "値"), **options):
    file = io.BytesIO()
    return write_csv(file, headers, rows, **options), file.getvalue()


def test_formulas_are_neutralised_and_numbers_are_not():
    _, raw = written([[text, ""] for text in FORMULAS] + [["-5", -5], ["+81312345678", Decimal("-1.5")]])
    cells = [row[0] for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))][1:]
    assert cells == ["'" + text for text in FORMULAS] + ["-5", "+81312345678"]


def test_headers_are_neutralised_too():
    assert written([], headers=["=x"])[1] == "'=x\r\n".encode("utf-8-sig")


def test_what_is_sent_while_it_is_made_is_the_same_file():
    rows = [[text, number, None] for number, text in enumerate([*FORMULAS, "-5", '改行\nと"引用"'])]
    sent = "".join(csv_lines(["=x", "値", ""], rows)).encode()
    assert sent == written(rows, headers=["=x", "値", ""])[1]
    assert [meant(text) for text in next(csv.reader(["'=1,'name,'+81-3,'-5"]))] == ["=1", "'name", "+81-3", "-5"]


def test_lines_are_in_the_language_of_the_asking_though_they_are_sent_later():
    with override("en"):
        lines = csv_lines(["x"], ([get_language()] for _number in range(2)))
    with override("ja"):
        assert "".join(lines) == "\ufeffx\r\nen\r\nen\r\n"
        assert get_language() == "ja"


def test_values_of_every_kind_have_one_way_of_writing():
    moment = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    _, raw = written([[None, True], [date(2024, 4, 1), moment], [1200000, 0.5]])
    assert raw.decode("utf-8-sig").split("\r\n")[1:4] == [",TRUE", "2024-04-01,2026-11-22 03:00+00:00", "1200000,0.5"]


def test_what_cp932_cannot_hold_is_told_and_marked():
    found, raw = written([["髙橋①〜", "東京"], ["𠮷野", "한국"]], encoding="cp932")
    assert raw.decode("cp932").split("\r\n")[1:3] == ["髙橋①～,東京", "〓野,〓〓"]
    assert [(one.line, one.column, one.characters) for one in found.unholdable] == [
        (3, "名前", "𠮷"),
        (3, "値", "한국"),
    ]
    assert found.rows == 2


def test_utf8_holds_everything_and_half_characters_are_left_out():
    found, raw = written([["𠮷\ud800野", "a\0b"]])
    assert raw.decode("utf-8-sig").split("\r\n")[1] == "𠮷野,ab"
    assert found.unholdable == []


SAFE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1, max_size=20)


@given(st.lists(st.tuples(SAFE, SAFE), max_size=8))
def test_what_was_written_is_read_back(rows):
    _, raw = written(rows)
    found = [row.cells for row in read_table(io.BytesIO(raw), delimiter=",").rows]
    assert found == [row for row in rows if any(cell.strip() for cell in row)] or any(
        "'" in cell[:1] for row in rows for cell in row
    )


def test_bad_rows_can_be_mended_and_brought_again():
    file = io.BytesIO()
    with override("ja"):
        bad = BadRows(file, ["会社名", "契約日"])
        row = Row(7, ("=さくら", "04/05/2024"))
        bad.add(row, [RowProblem(7, "契約日", "04/05/2024", "ambiguous_date"), RowProblem(7, "", "", "too_many_cells")])
        bad.close()
        headers = reason_headers()
    table = read_table(file)
    assert table.headers == (*headers, "会社名", "契約日")
    cells = next(table.rows).cells
    assert (cells[0], cells[2:]) == ("7", ("=さくら", "04/05/2024"))
    assert (
        cells[1] == "契約日: 日と月を区別できません。この列の並び順を選んでください。 / 列の数より多くの値があります。"
    )
    assert bad.count == 1


def test_a_workbook_holds_no_formula_and_no_link(tmp_path):
    pytest.importorskip("xlsxwriter")
    moment = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    rows = [[text, ""] for text in [*FORMULAS, "http://example.com/", "mailto:a@example.com"]]
    rows += [["a\0\ud800b", 10**20], [date(2024, 4, 1), moment], [True, float("inf")]]
    write_xlsx(tmp_path / "a.xlsx", ["名前", "値"], rows)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    cells = [row.cells for row in read_table(tmp_path / "a.xlsx").rows]
    assert cells[0] == ("=1+1", "")
    assert cells[-3:] == [("ab", str(10**20)), ("2024-04-01", "2026-11-22 03:00:00"), ("TRUE", "inf")]
