"""Which customer a row means: by external id, else by the matching over the few accounts that share a key with it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet

from kizuna.success.customers import naming
from kizuna.success.customers.actions import FoundMatch
from kizuna.success.customers.matching.linking import LARGEST_BLOCK, Index, Link, best
from kizuna.success.customers.matching.scoring import Firm
from kizuna.success.customers.models import Account, AccountDomain, AccountName, MatchDecision, Merge
from kizuna.success.imports.models import ImportedRow

OWN_BLOCK = 10  # a name that more customers of one file bear says nothing of which two of them are one
ROW = "row"


@dataclass(frozen=True)
class AccountWords:
    """What a row says of which customer it means."""

    external_id: str = ""
    name: str = ""
    kana: str = ""
    corporate_number: str = ""
    domains: tuple[str, ...] = ()
    phone: str = ""

    @property
    def firm(self) -> Firm:
        return Firm(
            self.name,
            kana=self.kana,
            corporate_number=self.corporate_number,
            domains=self.domains,
            phone=self.phone,
            ref=self.key,
        )

    @property
    def key(self) -> str:
        """Return what the same words always give, as decisions remember it."""
        words = "\n".join([self.external_id, self.name, self.corporate_number, *sorted(self.domains), self.phone])
        return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Finding:
    """The account that was found, or none; and the link when the matching had a say: made, or only likely."""

    account: Account | None = None
    link: Link | None = None

    @property
    def likely(self) -> Link | None:
        """Return the link that was not sure enough."""
        return self.link if self.account is None else None

    def note(self) -> list[tuple[str, int]]:
        """Return reason and percent as a plan shows them."""
        return [(self.link.match.reason, round(self.link.match.confidence * 100))] if self.link else []

    def match(self, words: AccountWords, *, new_id: int | None = None) -> FoundMatch | None:
        """Return what the review list is told: a link made by name, or a pair of the new account and a likely one."""
        if self.link is None:
            return None
        is_made = self.account is not None
        subject = (ROW, words.key) if is_made or new_id is None else ("account", str(new_id))
        return FoundMatch(
            account_id=int(self.link.account.ref),
            subject=subject,
            text=words.name or words.external_id,
            confidence=self.link.match.confidence,
            reason=self.link.match.reason,
            verdict=MatchDecision.Verdict.AUTOMATIC if is_made else MatchDecision.Verdict.PROPOSED,
        )


def find_accounts(wanted: Sequence[AccountWords], *, run_id: int | None) -> dict[AccountWords, Finding]:
    """Return a finding for each of up to a batch of words. What this run itself added is found by external id only."""
    by_id = _by_external_id({words.external_id for words in wanted} - {""})
    found: dict[AccountWords, Finding] = {}
    open_words: dict[str, AccountWords] = {}
    for words in wanted:
        if words.external_id in by_id:
            found[words] = Finding(by_id[words.external_id])
        elif words.name or words.corporate_number or words.domains:
            open_words[words.key] = words
    if open_words:
        found |= _matched(open_words, run_id=run_id)
    return found


def lines_before(run_id: int | None, lines: Iterable[int]) -> dict[int, int]:
    """Return {line: account} for lines of this run that added an account."""
    rows = ImportedRow.objects.filter(run_id=run_id or 0, line__in=set(lines)).values_list("line", "done")
    return {line: entry[1] for line, done in rows for entry in done if entry[0] == "account"}


def _by_external_id(ids: set[str]) -> dict[str, Account]:
    if not ids:
        return {}
    rows = Account.objects.filter(external_id__in=ids).exclude(external_id="").select_related("owner")
    accounts = {row.external_id: row for row in rows}
    absorbed = {row.pk: row.external_id for row in accounts.values() if row.state == Account.State.MERGED}
    if absorbed:
        merges = Merge.objects.filter(absorbed__in=list(absorbed), undone_at=None).select_related("kept__owner")
        accounts |= {absorbed[merge.absorbed_id]: merge.kept for merge in merges}
    return accounts


def _matched(wanted: dict[str, AccountWords], *, run_id: int | None) -> dict[AccountWords, Finding]:
    firms = {key: words.firm for key, words in wanted.items()}
    accounts = _candidates(firms.values(), run_id=run_id)
    if not accounts:
        return {}
    known = _firms(accounts)
    index = Index(known.values())
    refused = defaultdict(set)
    for key, account_id in MatchDecision.objects.filter(
        subject_type=ROW, subject_key__in=list(wanted), verdict=MatchDecision.Verdict.REFUSED
    ).values_list("subject_key", "account_id"):
        refused[key].add(account_id)
    found = {}
    for key, words in wanted.items():
        candidates = [firm for firm in index.candidates(firms[key]) if firm.ref not in refused[key]]
        finding = _judged(firms[key], words, candidates, accounts, run_id=run_id)
        if finding is not None:
            found[words] = finding
    return found


def _judged(
    firm: Firm, words: AccountWords, candidates: list[Firm], accounts: dict[int, Account], *, run_id: int | None
) -> Finding | None:
    others = [one for one in candidates if run_id is None or accounts[int(one.ref)].import_id != run_id]
    link = best(firm, others)
    if link is not None and link.is_accepted:
        account = accounts[int(link.account.ref)]
        if not words.external_id or not account.external_id:
            is_plain = account.name == words.name or link.match.reason == "corporate_number"
            return Finding(account, None if is_plain else link)
        # Two different numbers of the customer's own system: likely one company, but a person says so.
        return Finding(None, link)
    link = link or best(firm, candidates)
    return Finding(None, link) if link is not None else None


def _candidates(firms: Iterable[Firm], *, run_id: int | None) -> dict[int, Account]:
    """Return the accounts that share a name, a reading, a number or a domain with one of the firms."""
    names: set[str] = set()
    numbers: set[str] = set()
    domains: set[str] = set()
    for firm in firms:
        names |= {naming.match_key(text) for text in (firm.name, firm.kana) if text.strip()}
        names |= {name.core[: naming.LONGEST] for name in firm.names} | {
            key[: naming.LONGEST] for key in firm.kana_keys
        }
        numbers |= {firm.number}
        domains |= firm.domain_keys
    names, numbers = names - {""}, numbers - {""}
    first = Account.objects.filter(import_id=run_id).aggregate(first=Min("pk"))["first"] if run_id else None
    ids = _telling(AccountName.objects.filter(match_key__in=names), "match_key", before=first)
    ids |= _telling(AccountDomain.objects.filter(domain__in=domains), "domain", before=first)
    if numbers:
        having = Account.objects.filter(corporate_number__in=numbers).exclude(corporate_number="")
        ids |= set(having.values_list("pk", flat=True))
    if not ids:
        return {}
    rows = Account.objects.filter(pk__in=ids).exclude(state=Account.State.MERGED).select_related("owner")
    return {row.pk: row for row in rows}


def _telling(rows: QuerySet[Any], column: str, *, before: int | None) -> set[int]:
    """Return the accounts of keys that few share; of other keys those from `before` the run, where not too many share it."""
    few, many = _by_bearers(rows, column, OWN_BLOCK)
    older = rows.filter(**{f"{column}__in": many})
    if before is not None:
        older = older.filter(account_id__lt=before)
    telling, _common = _by_bearers(older, column, LARGEST_BLOCK)
    parts = rows.filter(**{f"{column}__in": few}), older.filter(**{f"{column}__in": telling})
    return {pk for part in parts for pk in part.values_list("account_id", flat=True)}


def _by_bearers(rows: QuerySet[Any], column: str, most: int) -> tuple[list[str], list[str]]:
    """Return the keys that at most so many bear, and the rest."""
    counts = dict(rows.values_list(column).annotate(Count("account_id")))
    return [key for key, count in counts.items() if count <= most], [
        key for key, count in counts.items() if count > most
    ]


def _firms(accounts: dict[int, Account]) -> dict[int, Firm]:
    aliases: dict[int, list[str]] = defaultdict(list)
    for account_id, text in AccountName.objects.filter(account_id__in=accounts).values_list("account_id", "text"):
        aliases[account_id].append(text)
    domains: dict[int, list[str]] = defaultdict(list)
    for account_id, domain in AccountDomain.objects.filter(account_id__in=accounts).values_list("account_id", "domain"):
        domains[account_id].append(domain)
    return {
        pk: Firm(
            row.name,
            kana=row.kana,
            corporate_number=row.corporate_number,
            domains=tuple(domains[pk]),
            phone=row.phone,
            aliases=tuple(text for text in aliases[pk] if text not in (row.name, row.kana)),
            ref=pk,
        )
        for pk, row in accounts.items()
    }
