"""An answer as a mail: who is addressed and how, what was written, who signs, what is quoted. Pure: plain values in, text out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_RE = re.compile(r"^\s*(?:(?:re|aw|sv|fw|fwd|返信|転送)\s?(?:\[\d{1,3}\]|\^\d)?\s?[:：]\s*)+", re.IGNORECASE)
QUOTED_LINES = 80
DAYS = "月火水木金土日"


@dataclass(frozen=True)
class Addressee:
    """Who gets it: a person, perhaps of a company, or the company alone."""

    name: str = ""
    company: str = ""


@dataclass(frozen=True)
class Quoted:
    """What is answered."""

    text: str
    sender: str
    at: datetime


def subject_of(title: str) -> str:
    """Return the subject of an answer: one Re: before the title, however many were there."""
    return f"Re: {_RE.sub('', title).strip() or title.strip()}"


def greeting(addressee: Addressee, *, language: str) -> str:
    """Return whom the mail addresses: 様 for people, 御中 for a company without a name."""
    name, company = one_line(addressee.name), one_line(addressee.company)
    if language != "ja":
        return f"Dear {name or company}," if name or company else "Hello,"
    if name:
        person = name if name.endswith(("様", "さま", "殿", "先生")) else f"{name} 様"
        return f"{company}\n{person}" if company and company != name else person
    return f"{company} 御中" if company else ""


def text_of(*, addressee: Addressee, body: str, signature: str, quoted: Quoted | None, language: str, zone: str) -> str:
    """Return the whole text of an answer."""
    parts = [
        greeting(addressee, language=language),
        body.strip(),
        _signed(signature),
        _quotation(quoted, language, zone),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def signed(*, addressee: Addressee, body: str, signature: str, language: str) -> str:
    """Return the whole text of a mail that answers nothing."""
    parts = [greeting(addressee, language=language), body.strip(), _signed(signature)]
    return "\n\n".join(part for part in parts if part) + "\n"


def moment_in_words(moment: datetime, *, language: str, zone: str) -> str:
    """Return a moment as customers read it: 11月24日（火）14:00."""
    local = moment.astimezone(ZoneInfo(zone))
    if language == "ja":
        return f"{local.month}月{local.day}日（{DAYS[local.weekday()]}）{local.hour}:{local:%M}"
    return f"{local:%H:%M} on {local:%A}, {local:%B} {local.day} ({local:%Z})"


def references(ids: Sequence[str], *, answered: str) -> dict[str, str]:
    """Return the headers that put an answer into its thread."""
    if not answered and not ids:
        return {}
    last = answered or ids[-1]
    others = [one for one in ids if one != last]
    return {"In-Reply-To": last, "References": " ".join([*others, last])}


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _signed(signature: str) -> str:
    return f"-- \n{signature.strip()}" if signature.strip() else ""


def _quotation(quoted: Quoted | None, language: str, zone: str) -> str:
    if quoted is None or not quoted.text.strip():
        return ""
    local = quoted.at.astimezone(ZoneInfo(zone))
    lines = quoted.text.strip().split("\n")[:QUOTED_LINES]
    if language == "ja":
        head = f"{local:%Y年%-m月%-d日}({DAYS[local.weekday()]}) {local:%H:%M} {one_line(quoted.sender)}:"
    else:
        head = f"On {local:%Y-%m-%d %H:%M}, {one_line(quoted.sender)} wrote:"
    return "\n".join([head, *(f"> {line}".rstrip() for line in lines)])
