"""Frequent questions: CSV, JSON or JSON lines with id, question and answer (other names by `--map`)."""

import csv
import json
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import sources
from kizuna.interfaces.integrations.importers.records import Question, Record, Skipped

KNOWN = {
    "id": ("id", "ID", "faq_id", "no", "No", "番号", "key"),
    "question": ("question", "Question", "q", "Q", "title", "質問", "問い", "タイトル", "件名"),
    "answer": ("answer", "Answer", "a", "A", "body", "text", "回答", "答え", "本文"),
    "category": ("category", "Category", "カテゴリ", "カテゴリー", "分類"),
    "tags": ("tags", "Tags", "タグ"),
}


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield the questions. A row without id, question or answer is skipped and reported."""
    for name, source in sources.files(paths, suffixes=(".csv", ".json", ".jsonl", ".tsv")):
        bare = name.removesuffix(".gz")
        rows = _from_json(name, source) if bare.endswith((".json", ".jsonl")) else _from_csv(name, source)
        for place, row in rows:
            yield row if isinstance(row, Skipped) else _question(place, row, columns)


def _question(place: str, row: dict[str, Any], columns: dict[str, str]) -> Record:
    found = {field: _value(row, field, columns) for field in KNOWN}
    if not found["question"]:
        return Skipped(place, "no question")
    if not found["answer"]:
        return Skipped(place, "no answer")
    answer = found["answer"]
    is_html = answer.lstrip().startswith("<") and answer.rstrip().endswith(">")
    return Question(
        key=found["id"] or place,
        question=found["question"],
        answer=to_markdown(answer) if is_html else answer,
        place=place,
        category=found["category"],
        tags=tuple(tag.strip() for tag in found["tags"].replace(";", ",").split(",") if tag.strip())[:10],
    )


def _value(row: dict[str, Any], field: str, columns: dict[str, str]) -> str:
    if field in columns:
        return _text(row.get(columns[field]))
    return next((_text(row[name]) for name in KNOWN[field] if name in row), "")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return "" if value is None else str(value).strip()


def _from_csv(name: str, source: BufferedReader) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    if name.removesuffix(".gz").endswith(".tsv"):
        for line_number, row in enumerate(csv.DictReader(sources.text(source), delimiter="\t"), start=2):
            yield f"{name}:{line_number}", row
        return
    for item in sources.rows(name, source, needed=()):
        yield (item.place, item) if isinstance(item, Skipped) else item


def _from_json(name: str, source: BufferedReader) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    content = sources.text(source).read()
    try:
        found = json.loads(content)
    except ValueError:
        yield from _from_lines(name, content)
        return
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    for position, row in enumerate(found, start=1):
        place = f"{name}#{position}"
        yield place, row if isinstance(row, dict) else Skipped(place, "not an object")


def _from_lines(name: str, content: str) -> Iterator[tuple[str, dict[str, Any] | Skipped]]:
    for line_number, line in enumerate(content.splitlines(), start=1):
        place = f"{name}:{line_number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield place, Skipped(place, f"not JSON ({error})")
            continue
        yield place, row if isinstance(row, dict) else Skipped(place, "not an object")
