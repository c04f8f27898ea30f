"""How near two inquiries are: the words that they share, weighed by how rare they are, and what they mean. Pure: no database.

Thresholds and what they were measured on: docs/adr/0018-answering.md.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import mul

from kizuna.base.text import japanese, tokens

LONGEST = 1_200  # letters of a text that are looked at
MOST_TERMS = 40
PRIOR = 50  # texts without the term, as if there were so many more: in a small inbox no word is rare by chance

# Two ask the same when words and half the meaning reach NEAR; where a meaning is not known, when the words alone reach ALONE.
NEAR, ALONE = 0.60, 0.37
MEANING = 0.5
ALMOST, ALMOST_ALONE = 0.45, 0.25  # enough for those who are like most of one's own
LEAST = 0.15  # of words, whatever the meaning: it alone takes one trouble with a label for another

_POLITE = re.compile(
    r"(いつも|大変|たいへん)?お世話に(なっております|なります|なっています)|ご?担当者?(様|さま)|(よろしく|宜しく)(お願い|おねがい)[^。\n]{0,12}|"
    r"(恐れ入ります|すみません|申し訳(ありません|ございません))が?|(教えて|お教え|ご教示)(ください|下さい|いただけ[^。\n]{0,6})|お電話[：:]|"
    r"(どう|どの(ように|画面)|どこ)(で|を|から|に)?|(でしょう|です|ます|ません)か|(お願い|おねがい)(します|いたします|致します)|"
    r"(について|方法|やり方|手順|件|こと)|(とのこと|そうです)"
)
_SIGNED = re.compile(r"\n(-- ?|[-_=＿━─*]{5,}.*)\n.*", re.DOTALL)
_NUMBER = re.compile(r"[\d０-９]+")
# Words in which people ask, whatever they ask.
_ASKING = frozenset(
    tokens.words(
        "教える 知る たい できる 出来る する 為る 有る 居る 成る 下さる 頂く 貰う 願う 思う 言う 御 ご お 方法 お客さま 客 様 是非 "
        "場合 事 時 物 所 為 良い 宜しい 何 何処 何時 如何 此れ 其れ 問い合わせ 質問 相談 今 今日 昨日 月 日 年 件"
    )
) - {"変更", "変える", "設定", "確認"}


@dataclass(frozen=True)
class Features:
    """What a text is compared by: its terms, and its meaning (bytes of int8), empty when not known."""

    terms: frozenset[int]
    meaning: bytes = b""


@dataclass(frozen=True)
class Nearness:
    """How near two texts are."""

    words: float
    meaning: float | None

    @property
    def is_same(self) -> bool:
        """Tell whether the two ask the same."""
        if self.meaning is None:
            return self.words >= ALONE
        return self.words >= LEAST and self.words + MEANING * self.meaning >= NEAR

    @property
    def is_almost(self) -> bool:
        """Tell whether it is near enough for one that most of the same are like."""
        if self.meaning is None:
            return self.words >= ALMOST_ALONE
        return self.words >= LEAST and self.score >= ALMOST

    @property
    def score(self) -> float:
        """Return one number to sort by."""
        return round(self.words + MEANING * (self.meaning or 0.0), 4)


def cleaned(text: str) -> str:
    """Return what a text asks, without greetings, signature and what people say in every letter."""
    return " ".join(_POLITE.sub(" ", _SIGNED.sub("", text[:LONGEST])).split())


def words_of(text: str) -> dict[str, None]:
    """Return the words by which a text is compared, each once, in order."""
    found = (word for word in tokens.words(cleaned(text)) if word not in _ASKING and not _NUMBER.fullmatch(word))
    return dict.fromkeys(word for word in found if len(word) > 1 or not word.isascii())


def words_as_written(text: str) -> dict[str, str]:
    """Return the words by which a text is compared, each with how people read it: ページ for ぺーじ, delivery for deliveri."""
    normal, written = tokens.fold_width(cleaned(text)), dict[str, str]()
    for start, end, word in tokens.placed_dense_words(normal):
        if japanese.fold(normal[start:end]) == word:  # else the form of the dictionary reads better
            written.setdefault(word, normal[start:end])
    for run in tokens.PLAIN_RUN.finditer(normal):
        written.setdefault(tokens.stem(japanese.fold(run.group())), run.group())
    return {word: written.get(word, word) for word in words_of(text)}


def number_of(word: str) -> int:
    """Return the number that stands for a word in the index: 63 bits, from which the word cannot be read."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big") >> 1


def terms_of(title: str, body: str) -> frozenset[int]:
    """Return the terms of an inquiry, those of its title first if there are too many."""
    words = [*words_of(title), *words_of(body)]
    return frozenset(number_of(word) for word in list(dict.fromkeys(words))[:MOST_TERMS])


def meant(title: str, body: str) -> str:
    """Return the text of which the meaning is taken."""
    return f"{cleaned(title)} {cleaned(body)}".strip()


def worth(frequency: int, total: int) -> float:
    """Return what a term is worth that stands in `frequency` of `total` texts."""
    frequency = min(frequency, total)
    return math.log(1 + (total + PRIOR - frequency + 0.5) / (frequency + 0.5))


def nearness(one: Features, other: Features, worths: Mapping[int, float]) -> Nearness:
    """Return how near two texts are. Terms without a known worth count as the rarest do."""
    rarest = max(worths.values(), default=1.0)
    shared = sum(_square(worths.get(term, rarest)) for term in one.terms & other.terms)
    lengths = (sum(_square(worths.get(term, rarest)) for term in text.terms) for text in (one, other))
    length = math.prod(map(math.sqrt, lengths))
    return Nearness(round(shared / length, 4) if length else 0.0, similarity(one.meaning, other.meaning))


def similarity(one: bytes, other: bytes) -> float | None:
    """Return how near two meanings are, or None when one of them is not known."""
    if not one or len(one) != len(other):
        return None
    a, b = memoryview(one).cast("b"), memoryview(other).cast("b")
    length = math.sqrt(sum(map(mul, a, a)) * sum(map(mul, b, b)))
    return round(sum(map(mul, a, b)) / length, 4) if length else None


def groups(links: Collection[tuple[int, int]], order: Sequence[int]) -> list[list[int]]:
    """Return groups: each begins with the one that has most neighbours left and takes those, so that no chain joins two subjects."""
    near: dict[int, set[int]] = {}
    for one, other in links:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    place = {number: index for index, number in enumerate(order)}
    left, found = set(near), []
    while left:
        first = max(left, key=lambda number: (len(near[number] & left), -place.get(number, 0), number))
        members = (near[first] & left) | {first}
        left -= members
        if len(members) > 1:
            found.append(sorted(members, key=lambda number: place.get(number, 0)))
    return found


def _square(value: float) -> float:
    return value * value
