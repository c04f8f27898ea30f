"""What tells who asked: names, firms, addresses, numbers; and texts without it."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from kizuna.success.customers.matching.names import parsed
from kizuna.success.inbox.models import Inquiry

SHORTEST = 2
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NUMBER = re.compile(r"(?<!\d)[+＋]?[\d０-９][\d０-９()（）\-‐－ー ]{7,16}[\d０-９](?!\d)")


def names_of(inquiries: Iterable[Inquiry]) -> list[str]:
    """Return the names of those who asked and of their firms, the longest first."""
    found: set[str] = set()
    for row in inquiries:
        people = [row.contact.name if row.contact else "", row.member.name if row.member else "", _sender(row.sender)]
        for name in filter(None, people):
            found |= {name, *name.split()}
        if row.account is not None:
            found |= {row.account.name, parsed(row.account.name).core}
    return sorted((name for name in found if len(name) >= SHORTEST), key=lambda name: (-len(name), name))


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a text with blanks where it said who asked."""
    text = _ADDRESS.sub(_("[contact]"), text)
    text = _NUMBER.sub(_("[contact]"), text)
    for name in names:
        text = re.sub(re.escape(name), _("[name]"), text, flags=re.IGNORECASE)
    return text


def left_in(text: str, names: Iterable[str]) -> list[str]:
    """Return what in a text still says who asked."""
    folded = text.casefold()
    told = [name for name in names if name.casefold() in folded]
    return [*told, *_ADDRESS.findall(text), *_NUMBER.findall(text)]


def _sender(sender: str) -> str:
    name = sender.partition("<")[0].strip().strip('"')
    return "" if "@" in name or name[:1].isdigit() else name
