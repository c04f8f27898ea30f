"""Bytes to text as Japanese mail needs it: what phones and old mailers really send under a label, or under a wrong one.

ISO-2022-JP in the wild carries ①, ㈱ and 髙, which the standard's own tables lack: its pairs are read by the table of CP932.
A character that no table has (an emoji of a phone of old) becomes 〓.
"""

import codecs
import re

GETA = "〓"
GETA_IN_JIS = b"\x1b$B\x22.\x1b(B"
_ESCAPE = re.compile(rb"\x1b(\$@|\$B|\$\(D|\$\([OPQ]|\$A|\(B|\(J|\(H|\(I|&@)")
_SOFTBANK_EMOJI = re.compile(rb"\x1b\$[A-Z][^\x0f\r\n]{0,200}\x0f")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff\uff01-\uff9f]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_SHIFT_JIS = frozenset(
    {"shift_jis", "shift-jis", "sjis", "x-sjis", "cp932", "ms932", "windows-31j", "x-ms-cp932", "ms_kanji"}
)
_EUC = frozenset({"euc-jp", "euc_jp", "eucjp", "x-euc-jp", "x-euc", "eucjp-ms", "cp51932", "eucjp-win"})
_ISO = frozenset({"iso-2022-jp", "iso2022jp", "iso2022_jp", "csiso2022jp", "jis", "cp50220", "cp50221", "cp50222"})
_VAGUE = frozenset(
    {"", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "unknown", "unknown-8bit", "x-unknown", "8bit"}
)


def decoded(raw: bytes, label: str = "") -> str:
    """Return the text of bytes under the label of a mail, which is believed as far as the bytes bear it out."""
    return _PRIVATE.sub(GETA, _decoded(raw, label.strip().strip("\"'").lower()))


def _decoded(raw: bytes, name: str) -> str:
    if _is_escaped(raw):
        return iso_2022_jp(raw)
    if not _has_high_bytes(raw):
        return raw.decode("ascii", "replace") if not name.startswith("utf-") else _named(raw, name)
    if utf_8 := _as_utf_8(raw):
        return utf_8
    if name in _SHIFT_JIS:
        return shift_jis(raw)
    if name in _EUC:
        return euc_jp(raw)
    if name in _VAGUE or name in _ISO or name in {"utf-8", "utf8"}:
        return guessed(raw)
    return _named(raw, name)


def guessed(raw: bytes) -> str:
    """Return the text of bytes that nothing tells about: whichever reading looks most like Japanese."""
    if _is_escaped(raw):
        return iso_2022_jp(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [shift_jis(raw), euc_jp(raw), raw.decode("utf-8", "replace")]
    return max(readings, key=_likeness)


def iso_2022_jp(raw: bytes) -> str:
    """Read ISO-2022-JP and its relatives: extensions of vendors, half-width kana, JIS X 0212 and 0213."""
    raw = _SOFTBANK_EMOJI.sub(GETA_IN_JIS, raw)
    out = []
    mode = b"(B"
    position = 0
    for escape in [*_ESCAPE.finditer(raw), None]:
        end = escape.start() if escape else len(raw)
        out.append(_section(raw[position:end], mode))
        if escape:
            mode, position = escape[1], escape.end()
    return "".join(out)


def shift_jis(raw: bytes) -> str:
    """Read Shift_JIS with the extensions of Windows."""
    return raw.decode("cp932", "kizuna_geta")


def euc_jp(raw: bytes) -> str:
    """Read EUC-JP with the extensions of Windows."""
    out = []
    position = 0
    while position < len(raw):
        first = raw[position]
        pair = raw[position + 1 : position + 2]
        if first == 0x8E and pair:
            out.append(pair.decode("cp932", "kizuna_geta"))
            position += 2
        elif first == 0x8F and len(raw) >= position + 3:
            out.append(raw[position : position + 3].decode("euc_jp", "kizuna_geta")[:1])
            position += 3
        elif 0xA1 <= first <= 0xFE and pair and 0xA1 <= pair[0] <= 0xFE:
            out.append(_from_jis(first & 0x7F, pair[0] & 0x7F))
            position += 2
        else:
            out.append(chr(first) if first < 0x80 else "\ufffd")
            position += 1
    return "".join(out)


def _section(raw: bytes, mode: bytes) -> str:
    if mode in (b"$@", b"$B"):
        return _pairs(raw)
    if mode == b"(I":
        return "".join(_half_kana(byte) for byte in raw)
    if mode == b"$(D":
        return _wrapped(raw, mode, "iso2022_jp_1")
    if mode in (b"$(O", b"$(P", b"$(Q"):
        return _wrapped(raw, mode, "iso2022_jp_2004")
    if mode == b"$A":
        return _wrapped(raw, mode, "iso2022_jp_2")
    return shift_jis(raw.replace(b"\x0e", b"").replace(b"\x0f", b""))


def _pairs(raw: bytes) -> str:
    out = []
    position = 0
    while position < len(raw):
        first = raw[position]
        if first < 0x21 or first > 0x7E or position + 1 >= len(raw):  # a line end without the escape back: it happens
            out.append(chr(first) if first < 0x80 else _half_kana(first & 0x7F))
            position += 1
            continue
        out.append(_from_jis(first, raw[position + 1]))
        position += 2
    return "".join(out)


def _from_jis(first: int, second: int) -> str:
    """Return the character of a pair of JIS by the table of CP932."""
    if not 0x21 <= second <= 0x7E:
        return GETA
    lead = ((first - 0x21) >> 1) + 0x81
    lead += 0x40 if lead > 0x9F else 0
    if first % 2:
        trail = second + (0x20 if second >= 0x60 else 0x1F)
    else:
        trail = second + 0x7E
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return GETA


def _half_kana(byte: int) -> str:
    return bytes((byte | 0x80,)).decode("cp932", "kizuna_geta") if 0x21 <= byte & 0x7F <= 0x5F else chr(byte & 0x7F)


def _wrapped(raw: bytes, mode: bytes, codec: str) -> str:
    return (b"\x1b" + mode + raw + b"\x1b(B").decode(codec, "replace").replace("\ufffd", GETA)


def _as_utf_8(raw: bytes) -> str:
    """Return the text when the bytes are UTF-8 with Japanese in it, which nothing else is by chance."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if _JAPANESE.search(text) else ""


def _named(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except (LookupError, UnicodeDecodeError, ValueError):
        return guessed(raw)


def _likeness(text: str) -> float:
    """Say how much a reading looks like Japanese: kana are frequent in any sentence, wrong readings are full of rare signs."""
    wrong = text.count("\ufffd") + text.count(GETA)
    half = sum("\uff61" <= letter <= "\uff9f" for letter in text)
    return len(_KANA.findall(text)) + 0.3 * len(_JAPANESE.findall(text)) - 0.8 * half - 3 * wrong


def _is_escaped(raw: bytes) -> bool:
    return b"\x1b$" in raw or b"\x1b(I" in raw


def _has_high_bytes(raw: bytes) -> bool:
    return not raw.isascii()


def _geta(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    lead = error.object[error.start]
    is_pair = (0x81 <= lead <= 0x9F or 0xE0 <= lead <= 0xFC) and error.start + 1 < len(error.object)
    is_pair = is_pair and error.object[error.start + 1] >= 0x40
    return (GETA, error.start + 2) if is_pair else ("\ufffd", error.start + 1)


codecs.register_error("kizuna_geta", _geta)
