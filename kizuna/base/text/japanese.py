"""Japanese spelling: one folded form for search, readings, Latin letters for a reading, language, characters as people count them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from kizuna.base.text import sudachi

_OLD_KANJI = str.maketrans(
    "髙齋齊濱邊邉﨑澤廣國學榮櫻瀧眞圓壽嶋嶌龍體會戀應與辨瓣辯鐵變號實寫禮處聲賣讀續發圖醫驛濟繪惠豐藏萬條淺櫪舊關團獨轉經鷗儘",
    "高斎斉浜辺辺崎沢広国学栄桜滝真円寿島島竜体会恋応与弁弁弁鉄変号実写礼処声売読続発図医駅済絵恵豊蔵万条浅枥旧関団独転経鴎尽",
)
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)} | {0x30FD: 0x309D, 0x30FE: 0x309E}
_SMALL = {ord(small): large for small, large in zip("ぁぃぅぇぉゎゕゖ", "あいうえおわかけ", strict=True)}
_DASHES = dict.fromkeys(map(ord, "‐‒–—―−"), "-") | {0x301C: "~"}
_LONG_VOWEL = re.compile(r"ー+(?=[^ァ-ヺー]|$)|(?<=ー)ー+")
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff\u00ad]+")


def _latin_without_marks() -> dict[int, str]:
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base.lower()
    return table


def _fold_table() -> dict[int, int | str]:
    table: dict[int, int | str] = _latin_without_marks() | dict(_OLD_KANJI) | dict(_DASHES)
    for code, target in (*_KATAKANA.items(), *((code, code) for code in _SMALL)):
        table[code] = _SMALL.get(target, target)
    table[ord("ヴ")] = table[ord("ゔ")] = "ぶ"
    return table


_FOLD = _fold_table()
_SPACES_IN_A_ROW = re.compile(f"{_SPACES.pattern[:-1]}{{2}}")


def fold(text: str) -> str:
    """Return the form in which two spellings of one string are equal: width, case, kana, long vowel, old kanji, spaces.

    Letter by letter and looking only to the right, so the fold of a part is a part of the fold: search relies on it.
    """
    normal = unicodedata.normalize("NFKC", text).casefold()
    return _SPACES.sub(" ", _LONG_VOWEL.sub("", normal).translate(_FOLD))


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """Return the folded text and, for each of its characters, where it came from; slower than `fold`, for short texts."""
    normal, origins = _normal_with_origins(text)
    if isinstance(origins, range) and not (_LONG_VOWEL.search(normal) or _SPACES_IN_A_ROW.search(normal)):
        return _SPACES.sub(" ", normal.translate(_FOLD)), origins  # letter for letter
    dropped = {index for match in _LONG_VOWEL.finditer(normal) for index in range(*match.span())}
    folded: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(normal):
        if index in dropped:
            continue
        target = _SPACES.sub(" ", character.translate(_FOLD))
        if target == " " and folded and folded[-1] == " ":
            continue
        folded.append(target)
        offsets.extend([origins[index]] * len(target))
    return "".join(folded), offsets


def _normal_with_origins(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in normal width and case and where each character came from."""
    lowered = text.casefold()
    if len(lowered) == len(text) and unicodedata.is_normalized("NFKC", text):
        return lowered, range(len(text))
    characters: list[str] = []
    origins: list[int] = []
    position = 0
    for cluster in graphemes(text):
        normal = unicodedata.normalize("NFKC", cluster).casefold()
        characters.append(normal)
        origins.extend([position] * len(normal))
        position += len(cluster)
    return "".join(characters), origins


def hiragana(text: str) -> str:
    """Return the text with katakana of any width written in hiragana; nothing else changes meaning."""
    return unicodedata.normalize("NFKC", text).translate(_KATAKANA)


def reading(text: str) -> str:
    """Return the reading of a text in hiragana as the dictionary gives it; Latin words and numbers stay."""
    return hiragana("".join(sudachi.readings(unicodedata.normalize("NFKC", text))))


_SYLLABLES = {
    kana: latin
    for row, letters in {
        "あいうえお": "a i u e o", "かきくけこ": "ka ki ku ke ko", "がぎぐげご": "ga gi gu ge go",
        "さしすせそ": "sa shi su se so", "ざじずぜぞ": "za ji zu ze zo", "たちつてと": "ta chi tsu te to",
        "だぢづでど": "da ji zu de do", "なにぬねの": "na ni nu ne no", "はひふへほ": "ha hi fu he ho",
        "ばびぶべぼ": "ba bi bu be bo", "ぱぴぷぺぽ": "pa pi pu pe po", "まみむめも": "ma mi mu me mo",
        "やゆよ": "ya yu yo", "らりるれろ": "ra ri ru re ro", "わゐゑをん": "wa i e o n",
        "ぁぃぅぇぉ": "a i u e o", "ゃゅょゎ": "ya yu yo wa", "ゔゕゖ": "vu ka ke",
    }.items()
    for kana, latin in zip(row, letters.split(), strict=True)
}  # fmt: skip
_GLIDES = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_GLIDED = {"し": "sh", "じ": "j", "ぢ": "j", "ち": "ch"} | {
    kana: _SYLLABLES[kana][0] + "y" for kana in "きぎにひびぴみり"
}
_VOWELLED = {"ふ": "f", "ゔ": "v", "て": "t", "で": "d", "う": "w", "し": "sh", "じ": "j", "ち": "ch", "つ": "ts"}


def romaji(kana: str) -> str:
    """Return Hepburn letters for kana (きむら → kimura, ようこ → youko); anything else stays, lower-cased."""
    source = hiragana(kana).casefold()
    parts: list[str] = []
    doubled = False
    index = 0
    while index < len(source):
        latin, taken = _syllable(source, index)
        if source[index] == "っ":
            doubled = True
        elif source[index] != "ー":
            parts.append(("t" if latin.startswith("ch") else latin[:1]) + latin if doubled else latin)
            doubled = False
        index += taken
    return "".join(parts)


def _syllable(source: str, index: int) -> tuple[str, int]:
    """Return the letters of the syllable at `index` and how many kana it takes."""
    first, second = source[index], source[index + 1 : index + 2]
    if second in _GLIDES and first in _GLIDED:
        return _GLIDED[first] + _GLIDES[second], 2
    if second and second in "ぁぃぅぇぉ" and first in _VOWELLED:
        return _VOWELLED[first] + _SYLLABLES[second], 2
    return _SYLLABLES.get(first, first), 1


_SCRIPTS = {
    "ko": re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
}
_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile(r"[\u3400-\u9fff々]")
_ONLY_CHINESE = re.compile(r"[们这说请为么吗没对还时问题们谢东车开关发务与专业们电脑设连读过让给网络错误啊呢吧哪您她]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def lang_of(text: str) -> str:
    """Return the language of a plain text by its script: "ja", "en" for Latin letters, else the ISO code where obvious."""
    sample = text[:4_000]
    kana, han, latin = (len(pattern.findall(sample)) for pattern in (_KANA, _HAN, _LATIN))
    for language, pattern in _SCRIPTS.items():
        if len(pattern.findall(sample)) > max(kana + han, latin / 2):
            return language
    if not kana and han and len(_ONLY_CHINESE.findall(sample)) * 12 >= han:
        return "zh"
    # A kanji or kana says about as much as two and a half letters.
    return "ja" if kana + han and (kana + han) * 5 >= latin else "en"


_JOINER = "\u200d"


def graphemes(text: str) -> Iterator[str]:
    """Yield characters as people count them: a letter with its marks, a flag, a family emoji is one."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or _breaks_before(text, index, start):
            yield text[start:index]
            start = index


def grapheme_length(text: str) -> int:
    """Return the number of characters as people count them."""
    return sum(1 for _cluster in graphemes(text))


def _breaks_before(text: str, index: int, start: int) -> bool:
    previous, current = text[index - 1], text[index]
    if current < "\u0300":
        return not (previous == "\r" and current == "\n")
    if _extends(current):
        return previous in "\r\n"
    if previous == _JOINER:
        return unicodedata.category(current) != "So"
    if "\U0001f1e6" <= current <= "\U0001f1ff" and "\U0001f1e6" <= previous <= "\U0001f1ff":
        return index - start >= 2
    return not _is_hangul_joined(previous, current)


def _extends(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character in "\u200c\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_hangul_joined(previous: str, current: str) -> bool:
    if not "\u1100" <= current <= "\u11ff":
        return False
    if current < "\u1160":
        return "\u1100" <= previous < "\u1160"
    if current < "\u11a8":
        return "\u1100" <= previous < "\u11a8" or (
            "\uac00" <= previous <= "\ud7a3" and (ord(previous) - 0xAC00) % 28 == 0
        )
    return "\u1160" <= previous <= "\u11ff" or "\uac00" <= previous <= "\ud7a3"
