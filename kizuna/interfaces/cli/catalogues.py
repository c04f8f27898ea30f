"""The catalogues of all apps: extract what the code says, compare with what is translated, compile.

Pure Python (Babel), so that neither a fresh machine nor the check needs the gettext programs. The source language is
English; each app keeps its Japanese in its own `locale/ja/LC_MESSAGES/django.po`.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
FIELD = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)\}(?!\})|%[sd]")
Key = tuple[str, str]  # context, msgid


def catalogue_files() -> list[Path]:
    return sorted(PACKAGE.glob("**/locale/ja/LC_MESSAGES/django.po"))


def compile_all() -> int:
    """Write the `.mo` beside each `.po` that is newer than it. Returns how many were written."""
    written = 0
    for source in catalogue_files():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, _read(source))
        temporary = target.with_suffix(".mo.new")
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(target)
        written += 1
    return written


def problems() -> list[str]:
    """Return a sentence for each string without Japanese, each fuzzy, unused, doubtful or contradicting translation."""
    used = {key: place for key, place in _used()}
    translated: dict[Key, tuple[object, Path]] = {}
    found = []
    for file in catalogue_files():
        for message in _read(file):
            if not message.id:
                continue
            key = _key(message.context, message.id)
            found.extend(_faults_of(message, file))
            known, place = translated.setdefault(key, (message.string, file))
            if known != message.string:  # the application listed first would speak for both
                found.append(f"{_short(file)}: {key[1]!r} has another Japanese in {_short(place)}")
            if key not in used:
                found.append(f"{_short(file)}: {key[1]!r} is not used any more")
    found.extend(f"{place}: {key[1]!r} has no Japanese" for key, place in used.items() if key not in translated)
    return sorted(found)


def _faults_of(message, file: Path) -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    if message.fuzzy:
        yield f"{_short(file)}: {ids[0]!r} is fuzzy"
    if not texts[0]:
        yield f"{_short(file)}: {ids[0]!r} is empty"
    elif not _fields(texts[0]) <= _fields(*ids):
        yield f"{_short(file)}: {ids[0]!r} and its Japanese have different placeholders"


def _fields(*texts: str) -> set[str]:
    return {match.group(0) for text in texts for match in FIELD.finditer(text)}


def _used() -> Iterator[tuple[Key, str]]:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    for file in sorted(PACKAGE.rglob("*")):
        if "tests" in file.parts or "migrations" in file.parts:
            continue
        if file.suffix == ".py":
            source = file.read_text(encoding="utf-8")
        elif file.suffix in {".html", ".txt"} and "templates" in file.parts:
            source = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        else:
            continue
        yield from _messages(source, file)


def _messages(source: str, file: Path) -> Iterator[tuple[Key, str]]:
    for line, function, messages, _comments in extract_python(io.BytesIO(source.encode()), list(KEYWORDS), [], {}):
        spec = KEYWORDS[function] or (1,)
        values = messages if isinstance(messages, tuple) else (messages,)
        context = ""
        if isinstance(spec[0], tuple):
            context, values = values[0], values[1:]
        if values and isinstance(values[0], str) and values[0]:
            yield (context or "", values[0]), f"{_short(file)}:{line}"


def _key(context: str | None, msgid: str | tuple[str, ...]) -> Key:
    return context or "", msgid[0] if isinstance(msgid, tuple) else msgid


def _read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale="ja")


def _short(file: Path) -> str:
    return str(file.relative_to(PACKAGE.parent))
