"""Which parts of a found text match a query, and the passage that shows best why it was found."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kizuna.base.text import tokens
from kizuna.base.text.japanese import fold, fold_with_offsets
from kizuna.base.text.search_query import ParsedQuery

_SENTENCE = re.compile(r"[^\n。！？!?]{1,160}[\n。！？!?]*|[\n。！？!?]+")
_WORD = re.compile(r"[A-Za-z0-9]+")
_MAX_SCANNED = 20_000


def highlight(text: str, query: ParsedQuery) -> list[tuple[str, bool]]:
    """Return the text in segments, each with whether it matches: the typed strings and the words in any form."""
    marked = bytearray(len(text))
    folded, offsets = fold_with_offsets(text)
    spans = list(_string_spans(folded, [*offsets, len(text)], query))
    # The dictionary is asked only where something typed does not stand as it was typed.
    if not all(string in folded for string in (*query.phrases, *query.chunks)) or query.synonym_words:
        spans += _word_spans(text, query)
    for start, end in spans:
        marked[start:end] = b"\x01" * (end - start)
    segments: list[tuple[str, bool]] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or marked[index] != marked[start]:
            segments.append((text[start:index], bool(marked[start])))
            start = index
    return segments


def _string_spans(folded: str, offsets: Sequence[int], query: ParsedQuery) -> Iterator[tuple[int, int]]:
    for string in (*query.phrases, *query.chunks):
        start = folded.find(string) if len(string) > 1 or not string.isascii() else -1
        while start >= 0:
            yield offsets[start], _end(offsets, start + len(string))
            start = folded.find(string, start + len(string))


def _end(offsets: Sequence[int], index: int) -> int:
    # Several folded characters may come from one (㌔ → きろ): the whole of it is the match.
    while index < len(offsets) - 1 and offsets[index] == offsets[index - 1]:
        index += 1
    return offsets[index]


def _word_spans(text: str, query: ParsedQuery) -> Iterator[tuple[int, int]]:
    # 送料 is 送 and 料 to the dictionary, but nobody who typed it looks for the 料 of 手数料.
    typed = {*query.chunks, *query.phrases}
    wanted = {word for word in (*query.words, *query.synonym_words) if len(word) > 1 or word in typed}
    if not wanted:
        return
    lowered = text.lower()
    for start, end, word in _placed(lowered if len(lowered) == len(text) else text):
        if word in wanted:
            yield start, end
    for word in _WORD.finditer(text):
        if tokens.stem(word.group().lower()) in wanted:
            yield word.span()


@lru_cache(maxsize=4_096)
def _placed(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return the dictionary's words of a short text, kept because the titles of much-found topics come again and again."""
    return tuple(tokens.placed_dense_words(text))


def snippet(text: str, query: ParsedQuery, *, limit: int = 160) -> list[tuple[str, bool]]:
    """Return the passage of at most about `limit` characters with the most of the query in it, in highlighted segments."""
    sentences = list(_SENTENCE.finditer(text[:_MAX_SCANNED]))
    if not sentences:
        return []
    wanted = {*query.phrases, *query.chunks, *query.grams}
    scores = [_score(fold(sentence.group()), wanted) for sentence in sentences]
    best = max(range(len(sentences)), key=lambda index: sum(scores[index : index + 2]))
    start = sentences[best].start()
    passage = re.sub(r"\s+", " ", text[start : start + limit]).strip()
    before = "…" if start else ""
    after = "…" if start + limit < len(text) else ""
    return [
        (piece, is_match) for piece, is_match in [(before, False), *highlight(passage, query), (after, False)] if piece
    ]


def _score(folded: str, wanted: set[str]) -> int:
    return sum(len(string) for string in wanted if string in folded)
