"""From what an app says about a thing to what is stored: texts, words, letters, tokens of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kizuna.base.text import tokens
from kizuna.base.text.japanese import fold
from kizuna.core.search.engines import Entry
from kizuna.core.search.models import SearchText

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
