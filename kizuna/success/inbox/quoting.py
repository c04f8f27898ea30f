"""Tell what somebody wrote from what they quote below it. Pure; used where an arrival brought its quotation in the text."""

import re

# How mail programs begin what they quote, Japanese ones included.
_BEGINNINGS = re.compile(
    r"^(?:"
    r"-{2,}\s*(?:Original Message|Forwarded message|元のメッセージ|転送メッセージ|Original|引用元)\s*-{2,}"
    r"|_{10,}"
    r"|On .{6,100} wrote:"
    r"|\d{4}[年/-]\d{1,2}[月/-]\d{1,2}.{0,80}(?:[:：]|のメール|さんは書きました[:：]?|wrote:)"
    r"|(?:From|差出人|送信者)\s*[:：].+"
    r")\s*$"
)
LEAST = 2  # lines: one quoted line stays in its place


def split(body: str, quoted: str = "") -> tuple[str, str]:
    """Return (own words, quotation). What lies between own words stays where it is; only the end is folded."""
    lines = body.split("\n")
    cut = _end_of_own(lines)
    own, rest = "\n".join(lines[:cut]).rstrip(), "\n".join(lines[cut:]).strip("\n")
    if not own.strip() or len(rest.splitlines()) < LEAST:
        own, rest = body.rstrip(), ""
    return own, "\n".join(part for part in (rest, quoted) if part)


def _end_of_own(lines: list[str]) -> int:
    """Return where the quotation at the end begins."""
    for number, line in enumerate(lines):
        if _BEGINNINGS.match(line.strip()[:200]) and _is_quoted_on(lines[number + 1 :]):
            return number
    cut = len(lines)
    while cut and (not lines[cut - 1].strip() or lines[cut - 1].lstrip().startswith((">", "＞"))):
        cut -= 1
    return cut


def _is_quoted_on(lines: list[str]) -> bool:
    """Tell whether what follows a beginning is quoted to its end, or is not marked at all."""
    marked = [line.lstrip().startswith((">", "＞")) for line in lines if line.strip()]
    return bool(marked) and (all(marked) or not any(marked))
