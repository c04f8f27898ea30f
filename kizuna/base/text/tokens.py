"""Search tokens: words (normal forms) and grams (pairs of letters), the reading of a query, highlighting.

A token holds letters, digits and marks only, folded (`japanese.fold`), so it can be stored in a space-separated column, is one
token for SQLite's `unicode61` (options in `FTS5_TOKENIZER`) and one quoted lexeme for PostgreSQL (`tsvector_text`).
A post contains a string exactly when it has all grams of the string and its folded text contains the folded string.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kizuna.base.text import sudachi
from kizuna.base.text.japanese import fold

TOKENS_VERSION = f"1-{sudachi.dictionary_version()}"
FTS5_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
MAX_TOKEN_LENGTH = 60

# Scripts written without spaces: Han, kana, Hangul, Thai, Lao, Myanmar, Khmer.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30ff"
    "\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUNS = re.compile(rf"(?P<dense>[{_DENSE}]+)|(?P<plain>[^\W_{_DENSE}]+)")
_DENSE_LETTER = re.compile(f"[{_DENSE}]")
PLAIN_RUN = re.compile(rf"[^\W_{_DENSE}]+")
_DROPPED_PARTS = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_ENGLISH_STOP = frozenset(
    "a an the and or of to in on at for with is are was were be been it its this that as by from i my me you your we our do does "
    "did can could how what when where which who why not no if so but have has had will would should there their they".split()
)
_VOWEL = re.compile(r"[aeiouy]")


def words(text: str) -> list[str]:
    """Return the normal forms of a text: Japanese by the dictionary without particles, then English lightly stemmed."""
    normal = fold_width(text)
    found = list(_dense_words(normal)) if _DENSE_LETTER.search(normal) else []
    for run in PLAIN_RUN.finditer(normal):
        word = fold(run.group())
        if word not in _ENGLISH_STOP:
            found.append(stem(word)[:MAX_TOKEN_LENGTH])
    return found


def fold_width(text: str) -> str:
    """Return the text in normal width and case, kana untouched: what the dictionary knows."""
    return unicodedata.normalize("NFKC", text).casefold()


def _dense_words(normal: str) -> Iterator[str]:
    # The dictionary sees the whole line, so that で after 10% is known for a particle; Latin runs are not its business.
    for _start, _end, word in placed_dense_words(normal):
        yield word


def placed_dense_words(normal: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and normal form of the words of Japanese runs; the text must be in normal width and case."""
    for morpheme in sudachi.morphemes(normal):
        if morpheme.part not in _DROPPED_PARTS and _DENSE_LETTER.match(normal, morpheme.start):
            for word in _parts_of(morpheme.normal):
                yield morpheme.start, morpheme.end, word


@lru_cache(maxsize=32_768)
def _parts_of(normal_form: str) -> tuple[str, ...]:
    """Return the tokens of a dictionary form, mostly one."""
    return tuple((dense or stem(plain))[:MAX_TOKEN_LENGTH] for dense, plain in _RUNS.findall(fold(normal_form)))


def stem(word: str) -> str:
    """Return an English word without plural, -ing, -ed and final e; other words and short ones stay as they are."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 2 and word.endswith("y") else word


def grams(text: str) -> list[str]:
    """Return single letters and pairs of every Japanese run, and other words whole, in order."""
    return grams_of(fold(text))


def grams_of(folded: str) -> list[str]:
    """Return the grams of a text that is folded already (folding twice is not folding once: ーの loses its mark)."""
    return [gram for run in _RUNS.finditer(folded) for gram in _run_grams(run)]


def _run_grams(run: re.Match) -> Iterator[str]:
    letters = run.group()
    if run.lastgroup == "plain":
        yield letters[:MAX_TOKEN_LENGTH]
        return
    for index, letter in enumerate(letters):
        yield letter
        if index + 1 < len(letters):
            yield letters[index : index + 2]


def needed_grams(text: str) -> list[str]:
    """Return the fewest grams every text containing this string has: pairs, or the letter when it stands alone."""
    return needed_grams_of(fold(text))


def needed_grams_of(folded: str) -> list[str]:
    """Return the needed grams of a text that is folded already."""
    needed: list[str] = []
    for run in _RUNS.finditer(folded):
        letters = run.group()
        if run.lastgroup == "plain":
            needed.append(letters[:MAX_TOKEN_LENGTH])
        elif len(letters) == 1:
            needed.append(letters)
        else:
            needed.extend(letters[index : index + 2] for index in range(len(letters) - 1))
    return list(dict.fromkeys(needed))


def stored(tokens: Sequence[str]) -> str:
    """Return tokens as one column value."""
    return " ".join(tokens)


def tsvector_text(tokens: Sequence[str]) -> str:
    """Return the text to cast with `::tsvector`: quoted lexemes without positions, so that no parser touches them."""
    return " ".join(f"'{token}'" for token in dict.fromkeys(tokens))


def fts5_all(found: Sequence[str], *, column: str, beginnings: bool = False) -> str:
    """Return the FTS5 query for rows whose column holds every one of these tokens, or Latin words that begin so."""
    return " AND ".join(f'{column} : "{token}"{" *" if beginnings and _may_begin(token) else ""}' for token in found)


def tsquery_all(found: Sequence[str], *, beginnings: bool = False) -> str:
    """Return the text to cast with `::tsquery` for rows that hold every one of these tokens; as `fts5_all`."""
    return " & ".join(f"'{token}'{':*' if beginnings and _may_begin(token) else ''}" for token in found)


def _may_begin(token: str) -> bool:
    return len(token) > 2 and token.isascii()
