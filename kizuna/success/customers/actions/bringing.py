"""Many accounts changed at once, as importers do: the same checks and history as one by one, in few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kizuna.base.rows import update_many
from kizuna.core.activity.actions import record_imported
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import activities, policies, seeing
from kizuna.success.customers.actions.accounts import (
    FIELDS,
    TARGET,
    add_names_and_domains,
    hand_over,
    keep_states,
    renamed,
    require_new_ids,
    require_staff,
)
from kizuna.success.customers.actions.checking import checked_account, require_chunk
from kizuna.success.customers.actions.finding import keep_tails
from kizuna.success.customers.actions.knowing import attribute_value
from kizuna.success.customers.models import Account, AccountAttribute, AccountAttributeValue, MatchDecision

COLUMNS = {"owner_id": "owner", "parent_id": "parent"}
Differences = dict[str, list[Any]]  # field: [before, after]


@dataclass(frozen=True)
class FoundMatch:
    """What the matching found for a row or an account."""

    account_id: int
    subject: tuple[str, str]
    text: str
    confidence: float
    reason: str
    verdict: str


@transaction.atomic
def change_accounts(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime, import_id: int
) -> dict[int, Differences]:
    """Change facts of up to CHUNK accounts. Returns what differs for each account that changed."""
    policies.require_worker(viewer)
    require_chunk(changes)
    seeing.require_may_change(viewer, *changes.values())
    accounts = list(Account.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk"))
    found: dict[int, Differences] = {}
    renamed_ids: list[int] = []
    for account in accounts:
        fields = changes[account.pk]
        clean = checked_account({**{name: getattr(account, name) for name in FIELDS}, **fields}, own_id=account.pk)
        differing = {name: [old, clean[name]] for name in FIELDS if (old := getattr(account, name)) != clean[name]}
        if "external_id" in differing:
            require_new_ids([clean])
        for name, (_before, after) in differing.items():
            setattr(account, name, after)
        if "name" in differing or "kana" in differing:
            renamed(account, now=now)
        add_names_and_domains(account, fields, now=now)
        if fields.get("aliases") or {"name", "kana"} & set(differing):
            renamed_ids.append(account.pk)
        if differing:
            account.updated_at = now
            found[account.pk] = differing
    keep_tails(account_ids=renamed_ids)
    require_staff({item["owner_id"][1] for item in found.values() if "owner_id" in item})
    changed = [account for account in accounts if account.pk in found]
    columns = sorted({name for item in found.values() for name in item})
    update_many(changed, [*(COLUMNS.get(name, name) for name in columns), "reading", "updated_at"])
    _after(changed, found, viewer=viewer, now=now, import_id=import_id)
    return found


@transaction.atomic
def set_attributes_of(
    *, viewer: Viewer, values: Mapping[int, Mapping[str, Any]], now: datetime
) -> dict[int, Differences]:
    """Set fields of the manager's own for many accounts; None clears one. Returns what differs."""
    policies.require_worker(viewer)
    require_chunk(values)
    slugs = {slug for item in values.values() for slug in item}
    known = {item.slug: item for item in AccountAttribute.objects.filter(slug__in=slugs)}
    for attribute in known.values():
        seeing.require_attribute(viewer, attribute)
    held = {
        (row.account_id, row.attribute_id): row
        for row in AccountAttributeValue.objects.select_for_update(of=("self",)).filter(
            account_id__in=list(values), attribute__in=known.values(), ended_at=None
        )
    }
    found: dict[int, Differences] = {}
    over, new = [], []
    for account_id, item in values.items():
        for slug, given in item.items():
            if slug not in known:
                raise Refused("There is no such field.", field=slug)
            value, row = attribute_value(known[slug], given), held.get((account_id, known[slug].pk))
            before = row.value if row else None
            if before == value:
                continue
            over += [row] if row else []
            if value is not None:
                new.append(
                    AccountAttributeValue(account_id=account_id, attribute=known[slug], value=value, started_at=now)
                )
            found.setdefault(account_id, {})[slug] = [before, value]
    AccountAttributeValue.objects.filter(pk__in=[row.pk for row in over]).update(ended_at=now)
    AccountAttributeValue.objects.bulk_create(new)
    return found


@transaction.atomic
def give_attributes_back(
    *, viewer: Viewer, account_id: int, differences: Mapping[str, list[Any]], now: datetime
) -> list[str]:
    """Set fields back to what they were, where they still are what was written. Returns the slugs that are not."""
    policies.require_worker(viewer)
    held = {
        row.attribute.slug: row
        for row in AccountAttributeValue.objects.filter(account_id=account_id, ended_at=None).select_related(
            "attribute"
        )
    }
    known = {item.slug: item for item in AccountAttribute.objects.filter(slug__in=list(differences))}
    kept = []
    for slug, (before, after) in differences.items():
        row = held.get(slug)
        if slug not in known or (row.value if row else None) != after:
            kept.append(slug)
            continue
        if row is not None:
            AccountAttributeValue.objects.filter(pk=row.pk).update(ended_at=now)
        if before is not None:
            AccountAttributeValue.objects.create(
                account_id=account_id, attribute=known[slug], value=before, started_at=now
            )
    return kept


@transaction.atomic
def note_matches(*, found: Sequence[FoundMatch], now: datetime) -> int:
    """Keep what the matching found for many rows; a decided pair stays as it is. Returns how many were new."""
    if not found:
        return 0
    keys = {item.subject[1] for item in found}
    known = set(
        MatchDecision.objects.filter(subject_key__in=keys).values_list("subject_type", "subject_key", "account_id")
    )
    new = {(*item.subject, item.account_id): item for item in found if (*item.subject, item.account_id) not in known}
    MatchDecision.objects.bulk_create(
        [
            MatchDecision(
                subject_type=item.subject[0],
                subject_key=item.subject[1],
                subject_text=item.text[:200],
                account_id=item.account_id,
                confidence=item.confidence,
                reason=item.reason,
                verdict=item.verdict,
                decided_at=now if item.verdict == MatchDecision.Verdict.AUTOMATIC else None,
                created_at=now,
            )
            for item in new.values()
        ],
        ignore_conflicts=True,
    )
    return len(new)


def _after(
    changed: Iterable[Account],
    found: Mapping[int, Differences],
    *,
    viewer: Viewer,
    now: datetime,
    import_id: int,
) -> None:
    """Hand accounts over, keep their states, and note the change as history."""
    changed = list(changed)
    given = [account for account in changed if "owner_id" in found[account.pk]]
    hand_over(given, now=now)
    alike: dict[tuple[str, ...], list[Account]] = {}
    for account in changed:
        alike.setdefault(tuple(found[account.pk]), []).append(account)
    for names, accounts in alike.items():
        keep_states(accounts, fields=list(names), viewer=viewer, now=now)
    record_imported(
        (
            (
                activities.ACCOUNT_CHANGED,
                {
                    "actor_id": viewer.member_id,
                    "object_type": TARGET,
                    "object_id": account.pk,
                    "at": now,
                    "props": {"fields": ",".join(found[account.pk])[:200]},
                },
            )
            for account in changed
        ),
        import_id=import_id,
    )
