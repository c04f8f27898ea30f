"""What of a text is the answer, what is quoted history, what is the signature: Japanese mailers and the others.

Nothing is thrown away: the three parts are kept. Where only a quote would be left (a forwarded mail), everything is the answer.
"""

import re
from dataclasses import dataclass

_DATE = (
    r"(?:\d{2,4}\s{0,2}[年/.-]\s{0,2}\d{1,2}\s{0,2}[月/.-]\s{0,2}\d{1,2}|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\s|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\s\d{1,2}|\d{1,2}\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
_ADDRESS = r"[^\s<>@]{1,64}@[^\s<>@]{1,190}"
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb|さん?(?:が|は)書きました|さん?(?:の|からの)(?:発言|メール|メッセージ)|のメール|は書きました|が書きました|からのメール)"
    r"\s{0,3}[:：]?\s{0,3}$",
    re.IGNORECASE,
)
_STARTS_WITH_DATE = re.compile(rf"^[>\s＞]{{0,6}}(?:On\s|At\s)?{_DATE}", re.IGNORECASE)
_ENDS_WITH_ADDRESS = re.compile(rf"<\s?(?:mailto:)?{_ADDRESS}\s?>\s?[)）]?\s?[:：]?\s?$")
_SEPARATOR = re.compile(
    r"^[>\s＞]{0,4}[-_=－ー─━*＊]{2,60}\s{0,3}"
    r"(?:Original\s?(?:Message|メッセージ)|Forwarded\s[mM]essage|Begin forwarded message|"
    r"元のメッセージ|オリジナル\s?メッセージ|転送(?:された)?メッセージ|返信元メール|Reply\sMessage)"
    r"\s{0,3}[-_=－ー─━*＊]{0,60}\s{0,3}[:：]?$",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^[>\s＞*]{0,4}(?:From|差出人|送信者|送信元|Von)\s{0,2}\*{0,2}\s{0,2}[:：]", re.IGNORECASE)
_HEAD_FOLLOWS = re.compile(
    r"^[>\s＞*]{0,4}(?:Sent|Date|To|Cc|Subject|Reply-To|送信日時|送信日|日時|日付|宛先|送信先|件名|Cc|CC)\s{0,2}\*{0,2}\s{0,2}[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s{0,3}_{10,}\s{0,3}$")
_QUOTED = re.compile(r"^\s{0,3}[>＞|｜]")
_DASHES = re.compile(r"^--\s?$")
_ORNAMENT = re.compile(r"^\s{0,10}(?:[-=_*＊━─＝◇◆■□○●~〜～・+＋#/\\:：.。☆★♪;；]\s?){4,}\s{0,10}$")
_SIGNED = re.compile(
    r"(?:TEL|ＴＥＬ|Tel|電話|携帯|FAX|ＦＡＸ|Mail|MAIL|メール|〒|株式会社|㈱|有限会社|㈲|合同会社|URL|https?://|www\.|住所|@)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"^\s{0,3}(?:Sent from my \w{1,20}.{0,40}|.{0,20}(?:iPhone|iPad|Android|スマートフォン|スマホ|携帯|Xperia|Galaxy).{0,10}"
    r"から(?:送信|の送信).{0,6}|"
    r"Get Outlook for \w{1,10}.{0,60}|Outlook for (?:iOS|Android).{0,60}|Yahoo!メール.{0,20}アプリ.{0,20})\s{0,3}$",
    re.IGNORECASE,
)
SIGNATURE_LINES = 14
INTRO_LINES = 3


@dataclass(frozen=True)
class Split:
    """The three parts of a text."""

    answer: str
    signature: str = ""
    quoted: str = ""


def split(text: str) -> Split:
    """Return the answer, the signature and the quoted history of a text."""
    lines = text.split("\n")
    end = _history_begins(lines)
    answer, history = lines[:end], lines[end:]
    answer, quotes = _without_quotes_around(answer)
    answer, signature = _without_signature(answer)
    answer, below = _without_quotes_around(answer) if signature else (answer, [])
    words = _joined(answer)
    if not words:
        return Split(answer=text.strip("\n"))
    return Split(answer=words, signature=_joined(signature), quoted=_joined([*below, *quotes, *history]))


def _history_begins(lines: list[str]) -> int:
    """Return the index of the first line of history that reaches to the end: quoted or copied below."""
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if _SEPARATOR.match(line):
            return index
        if _HEAD.match(line) and _is_copied_head(lines, index):
            return _above_rule(lines, index)
        if length := _intro_length(lines, index):
            rest = lines[index + length :]
            following = next((other for other in rest if other.strip()), "")
            if not _QUOTED.match(following) or all(not other.strip() or _QUOTED.match(other) for other in rest):
                return index
    return len(lines)


def _is_copied_head(lines: list[str], index: int) -> bool:
    """Tell whether a "From:" begins the head of a copied mail: two more of its lines follow closely."""
    near = lines[index + 1 : index + 8]
    return sum(bool(_HEAD_FOLLOWS.match(line)) for line in near) >= 2


def _above_rule(lines: list[str], index: int) -> int:
    above = index
    while above > 0 and (not lines[above - 1].strip() or _RULE.match(lines[above - 1])):
        above -= 1
        if _RULE.match(lines[above]):
            return above
    return index


def _intro_length(lines: list[str], index: int) -> int:
    """Return how many lines say who wrote what follows and when; 0 when this is no such line."""
    if not (_STARTS_WITH_DATE.match(lines[index]) or _is_becky(lines, index)):
        return 0
    joined = ""
    for length in range(1, INTRO_LINES + 1):
        if index + length > len(lines) or not lines[index + length - 1].strip():
            return 0
        joined = f"{joined} {lines[index + length - 1].strip()}"[-600:]
        if _WROTE.search(joined) or _ENDS_WITH_ADDRESS.search(joined):
            return length
    return 0


def _is_becky(lines: list[str], index: int) -> bool:
    """Tell whether a line is "X <x@y> wrote:" without a date, as several mailers have it."""
    line = lines[index].strip()[:400]
    return bool(_WROTE.search(line)) and bool(re.search(_ADDRESS, line)) and not _QUOTED.match(line)


def _without_quotes_around(lines: list[str]) -> tuple[list[str], list[str]]:
    """Take quoted lines off both ends; those between answers stay, for they say what is answered."""
    kept, quotes = list(lines), list[str]()
    while kept and (not kept[-1].strip() or _QUOTED.match(kept[-1])):
        quotes.insert(0, kept.pop())
    start = 0
    while start < len(kept):
        length = _intro_length(kept, start) if kept[start].strip() else 0
        if length:
            start += length
        elif not kept[start].strip() or _QUOTED.match(kept[start]):
            start += 1
        else:
            break
    above = kept[:start]
    if start >= len(kept) or not any(_QUOTED.match(line) for line in above):
        return kept, quotes
    if any(_QUOTED.match(line) for line in kept[start:]):  # answered line by line: the first question stays as well
        return [*(line for line in above if _QUOTED.match(line)), "", *kept[start:]], quotes
    return kept[start:], [*above, *quotes]


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    for index in range(len(kept) - 1, max(-1, len(kept) - SIGNATURE_LINES - 1), -1):
        if _DASHES.match(kept[index]):
            return kept[:index], kept[index:]
    ornaments = [
        index for index in range(max(0, len(kept) - SIGNATURE_LINES), len(kept)) if _ORNAMENT.match(kept[index])
    ]
    if ornaments:
        first = ornaments[0]
        if sum(bool(_SIGNED.search(line)) for line in kept[first:]) >= 2 and any(line.strip() for line in kept[:first]):
            return kept[:first], kept[first:]
    if kept and _PHONE.match(kept[-1]):
        return kept[:-1], kept[-1:]
    return kept, []


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
