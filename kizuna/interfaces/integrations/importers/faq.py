"""Frequent questions: CSV, JSON or JSON lines with id, question and answer (other names by `--map`)."""

import json
from collections.abc import Iterator
from typing import Any

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import documents, sources, tables
from kizuna.interfaces.integrations.importers.records import ARTICLES, Note, Question, Record, Skipped
from kizuna.interfaces.integrations.importers.sources import Source

KNOWN = {
    "id": ("id", "faq_id", "no", "no.", "番号", "key"),
    "question": ("question", "q", "title", "質問", "質問文", "問い", "タイトル", "件名"),
    "answer": ("answer", "a", "body", "text", "content", "回答", "回答文", "答え", "本文"),
    "category": ("category", "カテゴリ", "カテゴリー", "分類"),
    "tags": ("tags", "タグ"),
}


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield the questions. A row without a question or an answer is skipped and reported."""
    for source in sources.files(paths, suffixes=(".csv", ".json", ".jsonl", ".tsv")):
        if isinstance(source, Skipped):
            yield source
            continue
        is_json = source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        for item in _from_json(source) if is_json else _from_table(source, columns):
            if isinstance(item, Skipped | Note):
                yield item
                continue
            place, row = item
            yield _question(place, row, columns)


def _from_table(source: Source, columns: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]] | Skipped | Note]:
    return tables.rows(source, needed=tuple(columns), columns=columns, kind=ARTICLES)


def _from_json(source: Source) -> Iterator[tuple[str, dict[str, Any]] | Skipped]:
    """Yield the rows. An object that holds a list of objects (`{"faqs": […]}`) stands for them."""
    for item in documents.items(source, kind=ARTICLES):
        if isinstance(item, Skipped):
            yield item
            continue
        place, row = item
        inner = next((value for value in row.values() if isinstance(value, list) and _holds_rows(value)), None)
        if inner is None:
            yield place, row
            continue
        for position, part in enumerate(inner, start=1):
            part_place = f"{place} item {position}"
            is_row = isinstance(part, dict)
            yield (part_place, part) if is_row else Skipped(part_place, "not an object", kind=ARTICLES)


def _holds_rows(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], dict)


def _question(place: str, row: dict[str, Any], columns: dict[str, str]) -> Record:
    by_name = {str(name).strip().lower(): value for name, value in row.items()}
    found = {field: _value(row, by_name, field, columns) for field in KNOWN}
    if not found["question"]:
        return Skipped(place, "no question", kind=ARTICLES)
    if not found["answer"]:
        return Skipped(place, "no answer", kind=ARTICLES)
    answer = found["answer"]
    is_html = answer.lstrip().startswith("<") and answer.rstrip().endswith(">")
    return Question(
        key=found["id"] or place,
        question=found["question"],
        answer=to_markdown(answer) if is_html else answer,
        place=place,
        category=found["category"],
        tags=tuple(tag.strip() for tag in found["tags"].replace(";", ",").split(",") if tag.strip()),
    )


def _value(row: dict[str, Any], by_name: dict[str, Any], field: str, columns: dict[str, str]) -> str:
    if field in columns:
        return _text(row.get(columns[field]))
    return next((_text(by_name[name]) for name in KNOWN[field] if name in by_name), "")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value).strip()
