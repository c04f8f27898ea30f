"""From what an app says about a thing to what is stored: texts, words, letters, tokens of the index."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kizuna.base.text import tokens
from kizuna.base.text.japanese import fold
from kizuna.core.search.engines import Entry
from kizuna.core.search.models import SearchText

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A row's id is made of its time, so that the index, which keeps rows in the order of their ids, gives the newest first
# without sorting: 42 bits of milliseconds (until the year 2109), then 21 bits that tell rows of one moment apart.
SPREAD_BITS = 21
LAST_MOMENT = (1 << 42) - 1
TAG_MARK = "\u01c0"  # a letter nobody types, so that a tag is a token of its own beside the words
_ROW_FIELDS = (
    "target_type target_id parent_id kind author_id audience_id container_audience_id created_at is_solved votes lang"
).split()
# Where the meaning of a whole is looked for: beginnings, not replies.
WITHOUT_VECTOR = frozenset({"post"})
_MAX_BODY = 100_000


@dataclass(frozen=True)
class Prepared:
    """A row and its text, ready to be written."""

    row: dict[str, Any]
    text: dict[str, Any]

    @property
    def key(self) -> tuple[str, int]:
        return self.row["target_type"], self.row["target_id"]


def moment_of(created_at: datetime) -> int:
    """Return the milliseconds of a time, as ids begin with them; times outside 1970–2109 stand at the ends."""
    return min(max((created_at - EPOCH) // timedelta(milliseconds=1), 0), LAST_MOMENT)


def row_id_of(row: Mapping[str, Any]) -> int:
    """Return the id that a new row gets when nobody has it yet: the same for the same thing and time."""
    spread = zlib.crc32(f"{row['target_type']}:{row['target_id']}".encode()) & ((1 << SPREAD_BITS) - 1)
    return moment_of(row["created_at"]) << SPREAD_BITS | spread


def is_of_its_time(row_id: int, created_at: datetime) -> bool:
    """Tell whether an id fits the time of its row; one made before its time was changed does not."""
    return row_id >> SPREAD_BITS == moment_of(created_at)


def prepared(values: Mapping[str, Any]) -> Prepared:
    """Return the row and the text of what an app wants indexed (the arguments of `actions.index`)."""
    title, body = values["title"], values["body"][:_MAX_BODY]
    tags = [str(tag) for tag in values.get("tags") or ()]
    tokenised = values.get("tokens") or tokens_of(title=title, body=body, tags=tags)
    row = {name: values[name] for name in _ROW_FIELDS} | {
        "parent_type": values.get("parent_type") or values["target_type"],
        "place": values.get("space") or "",
        "word_count": len(tokenised["title_words"].split()) + len(tokenised["body_words"].split()),
        "letter_count": len(tokenised["title_letters"]) + len(tokenised["body_letters"]),
        "needs_vector": values["target_type"] not in WITHOUT_VECTOR,
    }
    text = {
        "title": title,
        "body": body,
        "tags": tags,
        "url": values.get("url") or "",
        "external_id": values.get("external_id") or "",
        **tokenised,
    }
    return Prepared(row, text)


def retokenised(text: SearchText) -> None:
    """Put today's tokens on a stored text."""
    for name, value in tokens_of(title=text.title, body=text.body, tags=text.tags).items():
        setattr(text, name, value)


def tokens_of(*, title: str, body: str, tags: Sequence[str]) -> dict[str, str]:
    """Return what the index keeps of a text. An import works it out before its transaction and gives it as `tokens`."""
    body = body[:_MAX_BODY]
    title_words = [*tokens.words(title), *(word for tag in tags for word in tokens.words(tag))]
    return {
        "title_words": tokens.stored(title_words),
        "body_words": tokens.stored(tokens.words(body)),
        "title_letters": fold(title),
        "body_letters": fold(body),
        "tokens_version": tokens.TOKENS_VERSION,
    }


def entry(row_id: int, text: SearchText | Mapping[str, Any]) -> Entry:
    """Return the tokens of a stored text as the index holds them; the same text gives the same tokens."""
    values = text if isinstance(text, Mapping) else vars(text)
    words = dict.fromkeys(f"{values['title_words']} {values['body_words']}".split())
    words |= dict.fromkeys(tag_token(tag) for tag in values["tags"])
    grams = dict.fromkeys(tokens.grams_of(f"{values['title_letters']}\n{values['body_letters']}"))
    return row_id, [word for word in words if word], list(grams)


def tag_token(tag: str) -> str:
    """Return the token that stands for a tag, in any spelling of it; empty when it has no letters."""
    letters = "".join(character for character in fold(tag) if character.isalnum())[: tokens.MAX_TOKEN_LENGTH]
    return f"{TAG_MARK}{letters}" if letters else ""
