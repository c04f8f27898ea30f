"""The morphological dictionary: loaded at the first use, one tokenizer per thread, bounded pieces so that cost stays linear."""

import re
import threading
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

_PIECE = 1_000  # characters handed over at once; the lattice of a longer unbroken run gets slow
_PIECES = re.compile(rf"[^\n。！？]{{1,{_PIECE}}}[\n。！？]?|[\n。！？]")
_of_thread = threading.local()
_loading = threading.Lock()


class Morpheme(NamedTuple):
    """One shortest unit (mode A) of a text."""

    start: int
    end: int
    normal: str
    part: str  # first level of the part of speech


def dictionary_version() -> str:
    """Return what the result of an analysis depends on."""
    return f"sudachi{version('sudachipy')}-small{version('sudachidict-small')}"


def morphemes(text: str) -> Iterator[Morpheme]:
    """Yield the morphemes of a text with their positions; white space gives none."""
    for offset, found in _found(text):
        part = found.part_of_speech()[0]
        begin, end = found.begin(), found.end()
        if part != "空白" and end > begin:
            yield Morpheme(offset + begin, offset + end, found.normalized_form(), part)


def readings(text: str) -> Iterator[str]:
    """Yield the reading of each morpheme in katakana, as far as the dictionary knows one."""
    for _offset, found in _found(text):
        if found.part_of_speech()[0] != "空白":
            yield found.reading_form()


def _found(text: str) -> Iterator[tuple[int, Any]]:
    tokenizer = _tokenizer()
    for piece in _PIECES.finditer(text):
        for found in tokenizer.tokenize(piece.group()):
            yield piece.start(), found


def _tokenizer():
    tokenizer = getattr(_of_thread, "tokenizer", None)
    if tokenizer is None:
        with _loading:
            dictionary, mode = _dictionary()
        tokenizer = _of_thread.tokenizer = dictionary.tokenizer(mode=mode)
    return tokenizer


@cache
def _dictionary():
    from sudachipy import Dictionary, SplitMode  # a hundred megabytes to map: only for those who tokenise

    return Dictionary(dict="small"), SplitMode.A
