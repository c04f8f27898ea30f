"""Tables that people bring and take away: CSV, TSV and XLSX, row by row in bounded memory, with the words of Japan and of Excel.

Words: row (a line of the file with its number), problem (what is wrong with a file, a row or a value, in both languages), column.
Doors: `read_table` (reading), `match_headers` (which column is which field), `dates`, `numbers`, `words` (values),
`csv_lines`, `write_csv`, `write_xlsx`, `BadRows` (writing). No models and no queries in here.
"""

from kizuna.base.tables.headers import Field, HeaderMatch, match_headers
from kizuna.base.tables.problems import FileProblem, RowProblem, ValueProblem, problem_text
from kizuna.base.tables.reading import Row, Table, read_table
from kizuna.base.tables.writing import BadRows, csv_lines, write_csv, write_xlsx

__all__ = [
    "BadRows",
    "Field",
    "FileProblem",
    "HeaderMatch",
    "Row",
    "RowProblem",
    "Table",
    "ValueProblem",
    "csv_lines",
    "match_headers",
    "problem_text",
    "read_table",
    "write_csv",
    "write_xlsx",
]
