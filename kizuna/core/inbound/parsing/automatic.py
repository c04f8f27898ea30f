"""Mail that no person wrote: answers of machines, mass mail, and our own mail coming back."""

import re
from email.message import Message

from kizuna.core.inbound.parsing import headers

MOST_HOPS = 25
OWN = "X-Kizuna"  # on everything that we send
# Why a mail is set aside; words in `inbound.wording`.
REPLIED, NO_RETURN, MASS, LOOP, HOPS = "auto_reply", "no_return", "mass", "own_mail", "too_many_hops"
_AWAY = re.compile(
    r"^\s*(?:(?:re|fw|fwd)\s?[:：]\s*)*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|"
    r"自動応答|自動返信|自動送信|不在(?:通知|連絡|のお知らせ)|\[自動)",
    re.IGNORECASE,
)


def why_automatic(message: Message, *, subject: str, envelope_from: str, own_mark: str) -> str:
    """Return why a mail counts as written by a machine, "" for a person's."""
    if own_mark and headers.header(message, OWN).lower() == own_mark.lower():
        return LOOP
    if sum(1 for _ in headers.raw_headers(message, "Received")) > MOST_HOPS:
        return HOPS
    submitted = headers.header(message, "Auto-Submitted").lower().split(";")[0].strip()
    if submitted and submitted != "no":
        return REPLIED
    if any(
        headers.header(message, name)
        for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-Mail-Autoreply")
    ):
        return REPLIED
    precedence = headers.header(message, "Precedence").lower()
    if precedence in {"auto_reply", "auto-reply"} or _AWAY.match(subject):
        return REPLIED
    if (
        precedence in {"bulk", "junk", "list"}
        or headers.header(message, "List-Unsubscribe")
        or headers.header(message, "List-Id")
    ):
        return MASS
    return NO_RETURN if envelope_from == "" else ""


def wants_no_answer(message: Message) -> bool:
    """Tell whether a mail asks machines not to answer it, though a person may have written it."""
    return bool(headers.header(message, "X-Auto-Response-Suppress"))
