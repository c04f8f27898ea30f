"""Take back what an import added. What somebody changed since, or what anything else points at, stays and says why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kizuna.base.rows import pointed_at
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import policies
from kizuna.success.customers.actions.finding import keep_tails
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.models import (
    Account,
    AccountAttributeValue,
    AccountChange,
    AccountDomain,
    AccountName,
    AccountNameTail,
    AccountOwnership,
    Contact,
    Contract,
    ContractChange,
    ContractLine,
    Employment,
    MatchDecision,
    NameTailsDue,
    Purchase,
    Touchpoint,
)

CHANGED = "changed_since"
PARTS = (
    AccountName,
    AccountNameTail,
    NameTailsDue,
    AccountDomain,
    AccountOwnership,
    AccountChange,
    AccountAttributeValue,
)


@transaction.atomic
def take_back_accounts(*, viewer: Viewer, added: Mapping[int, datetime]) -> dict[int, str]:
    """Remove accounts with what is part of them. `added` says when each was added. Returns {account: why it stays}."""
    policies.require_worker(viewer)
    accounts = Account.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk")
    stays = {
        account.pk: CHANGED
        for account in accounts
        if account.updated_at != added[account.pk] or account.state == Account.State.MERGED
    }
    verified = AccountDomain.objects.filter(account_id__in=list(added), is_verified=True)
    stays |= dict.fromkeys(verified.values_list("account_id", flat=True), CHANGED)
    values = AccountAttributeValue.objects.filter(account_id__in=list(added)).values_list("account_id", "started_at")
    stays |= {pk: CHANGED for pk, started_at in values if started_at != added[pk]}
    own = [(part, "account") for part in (*PARTS, MatchDecision)]
    stays |= pointed_at(Account, [pk for pk in added if pk not in stays], besides=own)
    going = [pk for pk in added if pk not in stays]
    for part in (*PARTS, MatchDecision):
        part.objects.filter(account_id__in=going).delete()  # type: ignore[attr-defined]
    MatchDecision.objects.filter(subject_type="account", subject_key__in=[str(pk) for pk in going]).delete()
    Account.objects.filter(pk__in=going).delete()
    return stays


@transaction.atomic
def take_back_contacts(*, viewer: Viewer, added: Mapping[int, datetime]) -> dict[int, str]:
    """Remove people. Returns {person: why it stays}."""
    policies.require_worker(viewer)
    contacts = Contact.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk")
    stays = {row.pk: CHANGED for row in contacts if row.updated_at != added[row.pk] or row.member_id is not None}
    stays |= pointed_at(Contact, [pk for pk in added if pk not in stays])
    Contact.objects.filter(pk__in=[pk for pk in added if pk not in stays]).delete()
    return stays


@transaction.atomic
def take_back_employments(*, viewer: Viewer, added: Iterable[int], ended: Mapping[int, datetime]) -> dict[int, str]:
    """Remove periods of work that were begun and open again those that were ended. Returns {period: why it stays}."""
    policies.require_worker(viewer)
    begun = Employment.objects.filter(pk__in=list(added))
    stays = dict.fromkeys(begun.exclude(ended_at=None).values_list("pk", flat=True), CHANGED)
    begun.filter(ended_at=None).delete()
    for row in Employment.objects.filter(pk__in=list(ended)).order_by("pk"):
        others = Employment.objects.filter(contact_id=row.contact_id, account_id=row.account_id, ended_at=None)
        if row.ended_at != ended[row.pk] or others.exists():
            stays[row.pk] = CHANGED
        else:
            Employment.objects.filter(pk=row.pk).update(ended_at=None)
    return stays


@transaction.atomic
def take_back_names(*, viewer: Viewer, account_id: int, aliases: Sequence[str], domains: Sequence[str]) -> None:
    """Remove other names and unverified domains that were added to an account."""
    policies.require_worker(viewer)
    AccountName.objects.filter(account_id=account_id, kind=AccountName.Kind.ALIAS, text__in=aliases).delete()
    keep_tails(account_ids=[account_id])
    AccountDomain.objects.filter(account_id=account_id, domain__in=domains, is_verified=False).delete()


@transaction.atomic
def take_back_contracts(*, viewer: Viewer, added: Mapping[int, datetime], now: datetime) -> dict[int, str]:
    """Remove contracts with lines, history and their place on the timeline. Returns {contract: why it stays}."""
    policies.require_worker(viewer)
    contracts = list(Contract.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk"))
    stays = {row.pk: CHANGED for row in contracts if row.updated_at != added[row.pk]}
    own = [(ContractLine, "contract"), (ContractChange, "contract")]
    stays |= pointed_at(Contract, [row.pk for row in contracts if row.pk not in stays], besides=own)
    going = [row for row in contracts if row.pk not in stays]
    ids = [row.pk for row in going]
    _forget_touches("contract", ids)
    ContractChange.objects.filter(contract_id__in=ids).delete()
    ContractLine.objects.filter(contract_id__in=ids).delete()
    Contract.objects.filter(pk__in=ids).delete()
    _refresh({row.account_id for row in going}, viewer=viewer, now=now)
    return stays


@transaction.atomic
def take_back_purchases(*, viewer: Viewer, ids: Iterable[int], now: datetime) -> dict[int, str]:
    """Remove purchases and their place on the timeline. Returns {purchase: why it stays}."""
    policies.require_worker(viewer)
    purchases = list(Purchase.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk"))
    stays = pointed_at(Purchase, [row.pk for row in purchases])
    going = [row for row in purchases if row.pk not in stays]
    _forget_touches("purchase", [row.pk for row in going])
    Purchase.objects.filter(pk__in=[row.pk for row in going]).delete()
    _refresh({row.account_id for row in going}, viewer=viewer, now=now)
    return stays


def _forget_touches(source_type: str, ids: list[int]) -> None:
    Touchpoint.objects.filter(source_type=source_type, source_id__in=ids).delete()


def _refresh(account_ids: set[int], *, viewer: Viewer, now: datetime) -> None:
    refresh_accounts(account_ids=account_ids, today=local_day(now), viewer=viewer, now=now)


def differing_still(row: Any, differences: Mapping[str, list[Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return (fields to set back, fields that are no longer what was written) of a row that an import changed."""
    back, moved_on = {}, []
    for name, (before, after) in differences.items():
        if getattr(row, name) == after:
            back[name] = before
        else:
            moved_on.append(name)
    return back, moved_on
