"""Two descriptions of a firm → how sure we are that they are one, and why."""

from dataclasses import dataclass, field
from functools import cached_property

from kizuna.success.customers.matching import domains, numbers
from kizuna.success.customers.matching.names import FirmName, kana_key, latin_key, parsed, short_vowels

ACCEPTED = 0.9  # from here a match is made by itself
PROPOSED = 0.5  # from here a person is asked
SHORT_CORE = 2  # names as short as アイ are borne by many firms


@dataclass(frozen=True)
class Firm:
    """What is known of a firm: all but the name may be missing. `ref` is the caller's own key."""

    name: str
    kana: str = ""
    corporate_number: str = ""
    domains: tuple[str, ...] = ()
    phone: str = ""
    aliases: tuple[str, ...] = ()
    ref: int | str = field(default=0, compare=False)

    @cached_property
    def names(self) -> tuple[FirmName, ...]:
        return tuple(parsed(text) for text in (self.name, *self.aliases) if text.strip())

    @cached_property
    def number(self) -> str:
        return numbers.corporate_number_of(self.corporate_number)

    @cached_property
    def domain_keys(self) -> frozenset[str]:
        return frozenset(key for text in self.domains if (key := domains.key_of(text)))

    @cached_property
    def phone_key(self) -> str:
        return numbers.phone_of(self.phone)

    @cached_property
    def kana_keys(self) -> frozenset[str]:
        found = {kana_key(self.kana), *(name.kana for name in self.names)}
        return frozenset(found - {""})

    @cached_property
    def latin_keys(self) -> frozenset[str]:
        written = {short_vowels(name.latin) for name in self.names if name.latin}
        said = {latin_key(text) for text in (self.kana, self.name, *self.aliases) if kana_key(text)}
        return frozenset((written | said) - {""})


@dataclass(frozen=True)
class Match:
    """How sure (0–1) and why; `reason` is a word that `wording` says in full."""

    confidence: float
    reason: str

    @property
    def is_accepted(self) -> bool:
        return self.confidence >= ACCEPTED

    @property
    def is_proposed(self) -> bool:
        return PROPOSED <= self.confidence < ACCEPTED


NO = Match(0.0, "nothing_in_common")


def compared(left: Firm, right: Firm) -> Match:
    """Compare two firms. Every pair of their names is tried; the surest says."""
    if left.number and right.number:
        if left.number != right.number:
            return Match(0.0, "other_corporate_number")
        return Match(1.0, "corporate_number")
    return max(
        (_compared_names(one, other, left, right) for one in left.names for other in right.names),
        key=lambda match: match.confidence,
        default=NO,
    )


def _compared_names(one: FirmName, other: FirmName, left: Firm, right: Firm) -> Match:
    shares_domain = bool(left.domain_keys & right.domain_keys)
    shares_phone = bool(left.phone_key) and left.phone_key == right.phone_key
    if one.core and one.core == other.core:
        return _same_core(one, other, left, right, agrees=shares_domain or shares_phone)
    if (match := _same_reading(one, other, left, right, agrees=shares_domain or shares_phone)) is not NO:
        return match
    return _alike(one, other, left, right, shares_domain=shares_domain, shares_phone=shares_phone)


def _same_core(one: FirmName, other: FirmName, left: Firm, right: Firm, *, agrees: bool) -> Match:
    """Judge two names whose cores are equal: the form, its side, a branch and the other keys decide."""
    if agrees:
        return Match(0.99, "name_and_key")
    if one.branch != other.branch and one.branch and other.branch:
        return Match(0.7, "other_branch")
    if one.form and other.form and one.form != other.form:
        return Match(0.5, "other_legal_form")
    if one.side and other.side and one.side != other.side:
        return Match(0.5, "legal_form_on_other_side")
    if _readings_differ(left, right):
        return Match(0.55, "same_name_other_reading")
    has_other_keys = _domains_differ(left, right)
    if (one.side, one.form) == (other.side, other.form) and one.form:
        if has_other_keys and len(one.core) <= SHORT_CORE + 1:
            return Match(0.8, "same_name_other_domain")
        return Match(0.92 if has_other_keys else 0.97, "same_name")
    if len(one.core) <= SHORT_CORE or has_other_keys:
        return Match(0.8, "name_without_legal_form")
    return Match(0.93, "name_without_legal_form")


def _same_reading(one: FirmName, other: FirmName, left: Firm, right: Firm, *, agrees: bool) -> Match:
    """Judge names that are written differently but read alike: one of them must be a reading or in Latin letters."""
    kana = left.kana_keys & right.kana_keys
    latin = left.latin_keys & right.latin_keys
    if not kana and not latin:
        return NO
    if (
        one.core in other.core or other.core in one.core
    ):  # A and A販売: the name decides, not what was said of its reading
        return NO
    if agrees:
        return Match(0.98, "reading_and_key")
    is_transcribed = bool(one.kana or other.kana) if kana else bool(one.latin or other.latin)
    if not is_transcribed:
        return Match(0.4, "same_reading_other_letters")
    if _forms_conflict(one, other):
        return Match(0.5, "other_legal_form")
    length = max(len(text) for text in (kana or latin))
    long_enough = length >= (4 if kana else 6)
    if _domains_differ(left, right) or not long_enough:
        return Match(0.75, "same_reading")
    return Match(0.91, "same_reading")


def _alike(
    one: FirmName, other: FirmName, left: Firm, right: Firm, *, shares_domain: bool, shares_phone: bool
) -> Match:
    """Judge names that differ by a letter or hold one another: only another key makes that one firm."""
    if not one.core or not other.core:
        return Match(0.6, "domain_only") if shares_domain else NO
    is_close = _is_one_slip(one.core, other.core) and not _forms_conflict(one, other)
    shortest = min(len(one.core), len(other.core))
    if shares_domain and shares_phone:  # one building, one group: the name still has to agree
        return Match(0.95 if is_close else 0.7, "domain_and_phone")
    if shares_domain or shares_phone:
        is_telling = shortest >= 3 if shares_domain else shortest >= 5 or len(one.core) != len(other.core)
        if is_close and is_telling:
            return Match(0.93, "slip_and_key")
        return Match(0.6, "domain_only" if shares_domain else "phone_only")
    if is_close and shortest >= 6:
        return Match(0.55, "name_with_a_slip")
    return NO


def _forms_conflict(one: FirmName, other: FirmName) -> bool:
    if one.form and other.form and one.form != other.form:
        return True
    return bool(one.side and other.side and one.side != other.side)


def _domains_differ(left: Firm, right: Firm) -> bool:
    if not left.domain_keys or not right.domain_keys or left.domain_keys & right.domain_keys:
        return False
    labels = [{domains.label_of(key) for key in firm.domain_keys} for firm in (left, right)]
    return not labels[0] & labels[1]


def _readings_differ(left: Firm, right: Firm) -> bool:
    said = kana_key(left.kana), kana_key(right.kana)
    return all(said) and said[0] != said[1] and not _is_one_slip(*said)


def _is_one_slip(one: str, other: str) -> bool:
    """Tell whether one letter more, less, other, or two swapped make the one the other."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        if len(places) == 1:
            return True
        return (
            len(places) == 2
            and places[1] == places[0] + 1
            and one[places[0]] == other[places[1]]
            and one[places[1]] == other[places[0]]
        )
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    place = next((at for at, letter in enumerate(shorter) if longer[at] != letter), len(shorter))
    return longer[:place] + longer[place + 1 :] == shorter
