"""Many firms against many: blocks by key, so that the work grows with the rows and not with their square."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kizuna.success.customers.matching.scoring import ACCEPTED, PROPOSED, Firm, Match, compared

LARGEST_BLOCK = 200  # a key that so many share (a telephone exchange, アイ) tells nothing
TOO_CLOSE = 0.05  # two candidates as near as this are one too many


@dataclass(frozen=True)
class Link:
    """A row, the account it fits best, and what is to be done: `is_accepted`, else a person is asked."""

    row: Firm
    account: Firm
    match: Match
    is_accepted: bool


def keys_of(firm: Firm) -> Iterator[tuple[str, str]]:
    """Yield the keys under which a firm can be found: the same for rows and accounts."""
    if firm.number:
        yield "number", firm.number
    for name in firm.names:
        if name.core:
            yield "core", name.core
    for key in firm.domain_keys:
        yield "domain", key
    for key in firm.kana_keys:
        yield "kana", key
    for key in firm.latin_keys:
        yield "latin", key
    if firm.phone_key:
        yield "phone", firm.phone_key


class Index:
    """Accounts by key."""

    def __init__(self, accounts: Iterable[Firm]) -> None:
        self._blocks: dict[tuple[str, str], list[Firm]] = defaultdict(list)
        for account in accounts:
            for key in set(keys_of(account)):
                self._blocks[key].append(account)

    def candidates(self, row: Firm) -> list[Firm]:
        """Return the accounts that share a telling key with the row, each once."""
        found: dict[int, Firm] = {}
        for key in set(keys_of(row)):
            block = self._blocks.get(key, ())
            if len(block) <= LARGEST_BLOCK:
                found.update((id(account), account) for account in block)
        return list(found.values())


def best(row: Firm, candidates: Iterable[Firm]) -> Link | None:
    """Return the best fit among candidates, None below PROPOSED. Two that fit equally well wait for a person."""
    judged = [(compared(row, account), account) for account in candidates]
    fits = sorted((fit for fit in judged if fit[0].confidence >= PROPOSED), key=lambda fit: -fit[0].confidence)
    if not fits:
        return None
    match, account = fits[0]
    rivals = [fit for fit in fits[1:] if match.confidence - fit[0].confidence < TOO_CLOSE]
    if match.confidence >= ACCEPTED and _is_ambiguous(match, fits, bool(rivals)):
        return Link(row, account, Match(0.7, "several_fit"), is_accepted=False)
    return Link(row, account, match, is_accepted=match.is_accepted)


def linked(rows: Iterable[Firm], accounts: Iterable[Firm]) -> list[Link]:
    """Return a link for every row that fits an account."""
    index = Index(accounts)
    return [link for row in rows if (link := best(row, index.candidates(row))) is not None]


def _is_ambiguous(match: Match, fits: list[tuple[Match, Firm]], has_rival: bool) -> bool:
    if match.reason == "corporate_number":
        return False
    if match.reason in ("name_without_legal_form", "same_reading"):
        # 「青波堂」 may be 株式会社青波堂 or 青波堂株式会社: one other bearer of the name is enough to ask.
        return len(fits) > 1
    return has_rival
