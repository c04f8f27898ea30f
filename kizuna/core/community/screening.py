"""Screen what a person writes: the community's words in any disguise, and links by people who have just come.

A text and a rule are compared by their skeletons: width, case, kana, look-alike letters of other scripts, invisible
characters, accents and fillers between letters make no difference. Nothing is decided here about who may do what: the
action that called refuses or holds.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol

from kizuna.base import hosting
from kizuna.base.text import links
from kizuna.base.text.japanese import fold, graphemes
from kizuna.core.community.models import WordRule
from kizuna.core.community.queries import site_generation

MASK = "＊"
_LOOK_ALIKES = str.maketrans(
    {latin: target for target, row in {
        "a": "аαɑ@4", "b": "вьβ8", "c": "сϲ", "d": "ԁ", "e": "еєε3", "g": "ɡ9", "h": "нһ", "i": "іιɩı1|", "j": "ј", "k": "кκ",
        "m": "м", "n": "пηո", "o": "оοσօ0", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ$5", "t": "тτ7", "u": "υս", "v": "ν", "w": "ԝω",
        "x": "хχ", "y": "уγ",
    }.items() for latin in row}
)  # fmt: skip
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
_FILLER = r"[\s・･*_.~^'`´°\-]"
_FILLERS = re.compile(f"{_FILLER}+")
_LATIN = re.compile(r"[a-z]+")


class Author(Protocol):
    """What screening asks about the person who writes."""

    @property
    def is_staff(self) -> bool: ...


@dataclass(frozen=True)
class Verdict:
    """The text with masked words replaced, and the word for which it is refused or held ("link": a newcomer's link)."""

    text: str
    refused_for: str = ""
    held_for: str = ""


@dataclass(frozen=True)
class _Rule:
    word: str
    squeezed: str
    pattern: re.Pattern[str]
    effect: str


def skeleton(text: str) -> str:
    """Return the form in which a word and its disguises are equal."""
    plain = fold(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    marked = unicodedata.normalize("NFD", plain)
    letters = "".join(letter for letter in marked if unicodedata.category(letter) != "Mn" or letter in "\u3099\u309a")
    return unicodedata.normalize("NFC", letters).translate(_LOOK_ALIKES)


def screen(*, text: str, viewer: Author, is_newcomer: bool = False) -> Verdict:
    """Say whether a text is fine, refused or held, and mask what is to be masked.

    A newcomer's text with a link to another site is held. Staff are screened for words all the same, never for links.
    """
    rules = _rules()
    found = _found(text, rules) if rules else []
    refused = next((rule.word for rule in found if rule.effect == WordRule.Effect.REFUSE), "")
    held = next((rule.word for rule in found if rule.effect == WordRule.Effect.HOLD), "")
    if not held and is_newcomer and not viewer.is_staff and _has_link(text):
        held = "link"
    masked = [rule for rule in found if rule.effect == WordRule.Effect.MASK]
    return Verdict(text=_masked(text, masked) if masked else text, refused_for=refused, held_for=held)


def _rules() -> list[_Rule]:
    caches = hosting.current().caches
    generation = site_generation()
    cached = caches.get("word_rules")
    if cached is None or cached[0] != generation:
        cached = (generation, [_rule(word, effect) for word, effect in WordRule.objects.values_list("word", "effect")])
        caches["word_rules"] = cached
    return cached[1]


def _rule(word: str, effect: str) -> _Rule:
    squeezed = _FILLERS.sub("", skeleton(word))
    pattern = rf"{_FILLER}{{0,3}}".join(re.escape(letter) for letter in squeezed)
    if _LATIN.fullmatch(squeezed):  # a Latin word is a whole word: "ass" is not in "class"
        pattern = rf"(?<![a-z]){pattern}(?![a-z])"
    return _Rule(word=word, squeezed=squeezed, pattern=re.compile(pattern), effect=effect)


def _found(text: str, rules: list[_Rule]) -> list[_Rule]:
    bones = skeleton(text)
    squeezed = _FILLERS.sub("", bones)
    return [rule for rule in rules if rule.squeezed and rule.squeezed in squeezed and rule.pattern.search(bones)]


def _has_link(text: str) -> bool:
    return any(link.kind == "url" and link.target.startswith("http") for link in links.find_links(text))


def _masked(text: str, rules: list[_Rule]) -> str:
    clusters = list(graphemes(text))
    letters: list[str] = []
    origins: list[int] = []
    for index, cluster in enumerate(clusters):
        bone = skeleton(cluster)
        letters.append(bone)
        origins.extend([index] * len(bone))
    bones = "".join(letters)
    for rule in rules:
        for match in rule.pattern.finditer(bones):
            for index in {origins[position] for position in range(*match.span())}:
                clusters[index] = MASK
    return "".join(clusters)
