"""Lengths of time as people write them: 1:30, 1.5, 1時間半, 45分. A bare number means hours."""

import re
import unicodedata

CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
HOURS = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)(?:h|hours?|時間)?", re.ASCII)
MIXED = re.compile(r"(\d{1,2})(?:h|hours?|時間)(?:(\d{1,2})(?:m|min|minutes?|分)?|(半))", re.ASCII)
MINUTES = re.compile(r"(\d{1,4})(?:m|min|mins|minutes?|分)", re.ASCII)
# What a note says of a talk: "電話15分", "オンライン相談（1時間30分）", "call 20 min". Never "30分後".
_TALK = r"(?:電話|通話|架電|入電|打ち?合わ?せ|会議|面談|相談|訪問|商談|\bcall|\bmeeting|\bphone)"
_LENGTH = r"(?:\d{1,2}時間(?:\d{1,2}分|半)?|\d{1,3}分間?|\d{1,3} ?min(?:utes?)?\b|\d{1,2} ?h(?:ours?)?\b)"
SAID = re.compile(rf"{_TALK}[^\n。.]{{0,16}}?({_LENGTH})(?!後|前|以内|ごと|ほど後)", re.IGNORECASE)


def minutes_of(text: str) -> int | None:
    """Return the minutes that a text says, or None when it says none."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()
    if match := CLOCK.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    if match := MINUTES.fullmatch(text):
        return int(match[1])
    if match := HOURS.fullmatch(text):
        return round(float(match[1]) * 60)
    if match := MIXED.fullmatch(text):
        return int(match[1]) * 60 + (30 if match[3] else int(match[2]))
    return None


def length_said(text: str) -> tuple[int, str] | None:
    """Return the length of a talk that a note states, in minutes and as it stands there; None when it states none."""
    match = SAID.search(unicodedata.normalize("NFKC", text))
    minutes = minutes_of(match[1].replace("分間", "分")) if match else None
    return (minutes, match[0]) if match and minutes and minutes <= 24 * 60 else None


def clock(minutes: int) -> str:
    """Write minutes as hours and minutes: 1:30."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def hours(minutes: int) -> str:
    """Write minutes as hours with one place: 4.5."""
    return f"{minutes / 60:,.1f}"
