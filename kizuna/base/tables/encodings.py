"""Which encoding a text file is in: UTF-8 and UTF-16 by their marks, else UTF-8 if all of it is, else CP932 if all of it is."""

import codecs
import re
from typing import BinaryIO

from kizuna.base.tables.problems import FileProblem

CHUNK = 1_000_000
# Python reads these bytes of no CP932 text as characters of nobody's.
NO_TEXT = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(file: BinaryIO) -> str:
    """Return the name of the encoding, after reading the whole file once. Raises FileProblem with the line at fault."""
    file.seek(0)
    start = file.read(4096)
    for mark, name in MARKS:
        if start.startswith(mark):
            return _proven(file, name)
    if guessed := _unmarked_utf16(start):
        return _proven(file, guessed)
    if _fault(file, "utf-8") is None:
        return "utf-8"
    return _proven(file, "cp932")


def _proven(file: BinaryIO, name: str) -> str:
    fault = _fault(file, name)
    if fault is not None:
        raise FileProblem("encoding", line=fault)
    return name


def _fault(file: BinaryIO, name: str) -> int | None:
    """Return the line on which the file stops being text in this encoding; None when all of it is."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(name)("strict")
    line = 1
    while chunk := file.read(CHUNK):
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return line + chunk[: max(error.start, 0)].count(b"\n")
        if name == "cp932" and (strange := NO_TEXT.search(text)):
            return line + text[: strange.start()].count("\n")
        line += text.count("\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _unmarked_utf16(start: bytes) -> str:
    """Recognise UTF-16 without a mark by the zero bytes that ASCII has in it (delimiters and line ends always are)."""
    if len(start) < 4 or b"\0" not in start:
        return ""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 4 * max(even, 1) and odd * 8 > len(start):
        return "utf-16-le"
    if even > 4 * max(odd, 1) and even * 8 > len(start):
        return "utf-16-be"
    return ""
