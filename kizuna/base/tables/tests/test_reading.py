"""Files of every kind and of ill will are read row by row, or refused with the line at fault."""

import io
import resource
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuna.base.tables import FileProblem, read_table
from kizuna.base.tables.reading import MAX_COLUMNS

ROOT = Path(__file__).resolve().parents[4]
TEXT = '顧客名,契約日,備考\r\n株式会社さくら,2024/4/1,"東京, 大阪"\r\n山田商店,令和6年4月1日,"二行の\r\nメモ"\r\n'
ROWS = [("株式会社さくら", "2024/4/1", "東京, 大阪"), ("山田商店", "令和6年4月1日", "二行の\nメモ")]


def table_of(raw: bytes, **options):
    return read_table(io.BytesIO(raw), **options)


def all_of(raw: bytes, **options) -> list[tuple[str, ...]]:
    return [row.cells for row in table_of(raw, **options).rows]


def problem_of(raw: bytes, **options) -> tuple[str, int]:
    with pytest.raises(FileProblem) as raised:
        list(table_of(raw, **options).rows)
    return raised.value.code, raised.value.line


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("utf-16"), "utf-16"),
        ("\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"), "utf-16"),
        (("id,name,plan\n" + "1,a,b\n" * 50).encode("utf-16-le"), "utf-16-le"),
        (("id,name,plan\n" + "1,a,b\n" * 50).encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_is_found_out(raw, encoding):
    table = table_of(raw)
    assert table.encoding == encoding
    rows = [row.cells for row in table.rows]
    assert rows == ROWS or (len(rows) == 50 and rows[0] == ("1", "a", "b"))


def test_cp932_is_found_out_however_late_it_begins():
    raw = b"a,b\n" + (b"1," + b"2" * 200 + b"\n") * 6_000 + "髙橋,①\n".encode("cp932")
    assert all_of(raw)[-1] == ("髙橋", "①")


def test_text_in_no_known_encoding_is_refused_with_its_line():
    assert problem_of("a,b\n1,2\n名,前\n".encode("cp932") + b"\xff\xff,x\n")[0] == "encoding"
    assert problem_of(b"a,b\n" * 5 + b"\x81\xff\n") == ("encoding", 6)
    assert problem_of(TEXT.encode("utf-8-sig") + b"\xe3\x81") == ("encoding", 5)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_out(delimiter):
    lines = ["name;code|x,y" if delimiter == "\t" else "name", "plan", "seats"]
    raw = "\n".join([delimiter.join(lines), delimiter.join(["さくら、東京", "pro", "3"])] * 3).encode()
    table = table_of(raw)
    assert (table.delimiter, len(table.headers)) == (delimiter, 3)


def test_one_column_is_a_table_too():
    assert table_of("会社名\nさくら\n".encode()).headers == ("会社名",)


def test_rows_carry_the_line_on_which_they_begin_and_blank_ones_are_left_out():
    raw = b'\n\na,b\n1,"x\ny"\n\n , \n2,z\n'
    table = table_of(raw)
    assert [(row.line, row.cells) for row in table.rows] == [(4, ("1", "x\ny")), (8, ("2", "z"))]


def test_short_rows_are_filled_and_long_ones_reported():
    rows = list(table_of(b"a,b\n1\n1,2,3\n1,2,,\n").rows)
    assert [row.cells for row in rows] == [("1", ""), ("1", "2"), ("1", "2")]
    assert [row.problem and row.problem.code for row in rows] == [None, "too_many_cells", None]


def test_text_after_a_closing_quote_is_that_rows_problem_alone():
    rows = list(table_of(b'a,b\n"x"y,1\n2,3\n').rows)
    assert [(row.line, row.problem and row.problem.code) for row in rows] == [(2, "broken_quote"), (3, None)]


def test_an_unclosed_quote_is_refused_with_its_line_and_does_not_swallow_the_file():
    assert problem_of(b'a,b\n1,"x\n2,y\n') == ("unclosed_quote", 2)
    assert problem_of(b'a,b\n1,"x\n' + b"2,y\n" * 100_000) == ("unclosed_quote", 2)


def test_nul_and_other_control_characters_are_the_rows_problem():
    rows = list(table_of(b"a,b\n1,x\x00y\n2,z\x1b\n3,ok\n").rows)
    assert [(row.cells[1], bool(row.problem)) for row in rows] == [("xy", True), ("z", True), ("ok", False)]
    assert problem_of(b"a\x00,b\n1,2\n")[0] == "control_character"


def test_hostile_widths_and_lengths_are_refused():
    assert problem_of(b"c," * 1_000_000 + b"\n1\n")[0] == "line_too_long"
    assert problem_of((",".join(f"c{n}" for n in range(MAX_COLUMNS + 1)) + "\n").encode()) == ("too_many_columns", 1)
    assert problem_of(b"a,b\n" + b"x" * 3_000_000) == ("line_too_long", 2)


def test_empty_files_and_files_without_a_header():
    assert problem_of(b"") == ("empty_file", 0)
    for raw in (b"\n\n \n", b",,,\n,,\n", b"\xef\xbb\xbf"):
        assert problem_of(raw)[0] in ("no_header", "empty_file")


def test_a_neutralised_formula_comes_back_as_it_was():
    assert all_of(b"a,b\n'=1+1,'name\n'-3,'@x\n") == [("=1+1", "'name"), ("-3", "@x")]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(raw):
    try:
        rows = list(table_of(raw).rows)
    except FileProblem:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row.cells)


def test_a_large_file_is_read_in_little_memory(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w", encoding="cp932") as file:
        file.write("会社名,金額,契約日\n")
        for number in range(40_000):
            file.write(f"株式会社さくら{number},1200000,2024/4/1\n")
    tracemalloc.start()
    count = sum(1 for _row in read_table(path).rows)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 6_000_000


# --- workbooks ---

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOOK = (
    '<workbook xmlns:r="r"><workbookPr {options}/><sheets>'
    '<sheet name="隠し" sheetId="1" state="hidden" r:id="r2"/><sheet name="顧客" sheetId="2" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="r2" Target="/xl/worksheets/sheet2.xml"/></Relationships>'
)
STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>'
)
STRINGS = "<sst><si><t>会社名</t></si><si><r><t>株式会社</t></r><r><t>さくら</t></r><rPh><t>サクラ</t></rPh></si></sst>"
SHEET = (
    '<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>契約日</t></is></c>'
    '<c r="D2" t="str"><f>1</f><v>金額</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="2"><v>45383</v></c><c r="D3"><v>1200000.5</v></c></row>'
    '<row r="5"><c r="A5" t="b"><v>1</v></c><c r="B5" s="1"><v>45383.5</v></c><c r="D5" t="e"><v>#N/A</v></c></row>'
    "</sheetData></worksheet>"
)


def workbook(sheet: str = SHEET, *, strings: str = STRINGS, options: str = "", **more: str) -> bytes:
    parts = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": BOOK.replace("{options}", options),
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/sheet2.xml": "<worksheet><sheetData><row><c t='str'><v>x</v></c></row></sheetData></worksheet>",
        **more,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return made.getvalue()


def sheet_of(rows: str) -> str:
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def test_a_workbook_is_read_with_dates_texts_and_the_numbers_of_its_rows():
    table = table_of(workbook())
    assert (table.headers, table.sheets) == (("会社名", "契約日", "", "金額"), ["顧客"])
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("株式会社さくら", "2024-04-01", "", "1200000.5")),
        (5, ("TRUE", "2024-04-01 12:00:00", "", "#N/A")),
    ]
    assert table_of(workbook(), sheet="隠し").headers == ("x",)
    assert problem_of(workbook(), sheet="無い")[0] == "no_sheet"


def test_a_workbook_with_days_counted_from_1904():
    rows = list(table_of(workbook(options='date1904="1"')).rows)
    assert rows[0].cells[1] == "2028-04-02"


def test_a_real_workbook_of_the_writer_is_read_back(tmp_path):
    write = pytest.importorskip("kizuna.base.tables.writing").write_xlsx
    pytest.importorskip("xlsxwriter")
    write(tmp_path / "a.xlsx", ["名前", "金額"], [["=1+1", 1200000], ["山田", 0.5]])
    table = read_table(tmp_path / "a.xlsx")
    assert [row.cells for row in table.rows] == [("=1+1", "1200000"), ("山田", "0.5")]


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04 no zip at all",
        workbook()[:-200],
        workbook("<worksheet><sheetData><row>"),
        workbook(sheet_of('<row r="x"><c r="A1"><v>1</v></c></row>')),
        workbook('<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><worksheet>&c;</worksheet>'),
        workbook(**{"xl/workbook.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><workbook/>'}),
        workbook(sheet_of('<row r="1"><c r="A1" t="s"><v>minus</v></c></row>')),
    ],
)
def test_a_broken_or_malicious_workbook_is_refused(raw):
    assert problem_of(raw)[0] == "not_a_spreadsheet"


def test_old_and_locked_workbooks_are_told_apart():
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert problem_of(old)[0] == "old_spreadsheet"
    assert problem_of(old + "EncryptedPackage".encode("utf-16-le"))[0] == "locked_spreadsheet"


def test_a_cell_far_out_costs_nothing():
    far_down = sheet_of(
        '<row r="1"><c r="A1" t="str"><v>h</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    )
    assert [(row.line, row.cells) for row in table_of(workbook(far_down)).rows] == [(1_048_576, ("1",))]
    far_right = sheet_of('<row r="1"><c r="A1" t="str"><v>h</v></c><c r="XFD1"><v>1</v></c></row>')
    assert problem_of(workbook(far_right)) == ("too_many_columns", 1)


BOMB = """
import io, resource, sys, zipfile
from kizuna.base.tables import FileProblem, read_table
from kizuna.base.tables import spreadsheet
spreadsheet.MAX_UNPACKED, spreadsheet.MAX_ROWS = 200_000_000, 100_000
resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))
try:
    for row in read_table(io.BytesIO(sys.stdin.buffer.read())).rows:
        pass
except FileProblem as problem:
    print(problem.code)
"""


@pytest.mark.parametrize("where", ["cell", "shared string", "rows", "attribute"])
def test_a_zip_bomb_ends_at_a_cap_and_not_with_the_memory(where):
    filler = "x" * 1_000_000
    parts = {
        "cell": ('<row r="1"><c r="A1" t="str"><v>', filler, "</v></c></row>", 300),
        "rows": ("", '<row><c t="str"><v>h</v></c></row>' * 20_000, "", 200),
        "attribute": ('<row r="1"><c r="A1" t="str" a="', filler, '"><v>1</v></c></row>', 300),
        "shared string": ("", "", "", 0),
    }
    before, part, after, times = parts[where]
    made = io.BytesIO(workbook(strings="" if where == "shared string" else STRINGS))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file:
        name = "xl/sharedStrings.xml" if where == "shared string" else "xl/worksheets/sheet1.xml"
        with file.open(name, "w") as inner:
            if where == "shared string":
                inner.write(b"<sst>")
                for _ in range(150):
                    inner.write(f"<si><t>{filler}</t></si>".encode())
                inner.write(b"</sst>")
            else:
                inner.write(f"<worksheet><sheetData>{before}".encode())
                for _ in range(times):
                    inner.write(part.encode())
                inner.write(f"{after}</sheetData></worksheet>".encode())
    assert len(made.getvalue()) < 2_000_000
    assert hasattr(resource, "RLIMIT_AS")
    run = subprocess.run(
        [sys.executable, "-c", BOMB], input=made.getvalue(), capture_output=True, cwd=ROOT, timeout=120
    )
    assert run.stdout.decode().strip() in ("too_large_inside", "not_a_spreadsheet"), run.stderr.decode()[-500:]
