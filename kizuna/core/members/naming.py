"""Names: what a list sorts by, what a search looks through, which handles may be taken and which to suggest."""

import re
import zlib

from kizuna.base.text.japanese import fold, hiragana, romaji
from kizuna.core.members.models.member import HANDLE

MAX_HANDLE = 30
RESERVED = frozenset(
    "about account admin administrator api desk help home info kizuna me member members moderator official owner "
    "privacy root search security settings signin signout signup staff studio support system team terms".split()
)
GONE = "gone_"  # what the handles of erased members begin with
_NOT_IN_HANDLE = re.compile(r"[^a-z0-9_]+")
_VALID = re.compile(HANDLE)


def reading_of(*, name: str, kana: str) -> str:
    """Return what lists sort by: the folded reading, or the folded name where no reading is known."""
    return fold(kana or name)[:80]


def search_text_of(*, name: str, kana: str, handle: str, company: str) -> str:
    """Return what a search by name looks through: 木村, きむら and kimura find the same person."""
    parts = [fold(name), fold(kana), fold(kana).replace(" ", ""), _letters(kana), handle, fold(company)]
    return " ".join(dict.fromkeys(part for part in parts if part))[:400]


def hue_of(handle: str) -> int:
    """Return the hue of a member's letter picture, the same wherever it is worked out."""
    return zlib.crc32(handle.encode()) % 360


def is_valid_handle(handle: str) -> bool:
    """Tell whether a handle has the right letters and length and is nobody's title."""
    return bool(_VALID.fullmatch(handle)) and handle not in RESERVED and not handle.startswith(GONE)


def handle_from(name: str, kana: str = "") -> str:
    """Return a handle made of a name's Latin letters, or "" when it has none. Never from an address: it is private."""
    for text in (name, kana):
        letters = _NOT_IN_HANDLE.sub("_", _letters(text)).strip("_")[:MAX_HANDLE].strip("_")
        if is_valid_handle(letters):
            return letters
    return ""


def _letters(text: str) -> str:
    return fold(romaji(hiragana(text)))
