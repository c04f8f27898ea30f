"""Add and change accounts, one or many; every change keeps the whole state as it was then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many, insert_plain
from kizuna.base.text import phones
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record, record_imported
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import activities, naming, policies, seeing
from kizuna.success.customers.actions.checking import checked_account, require_chunk
from kizuna.success.customers.actions.finding import keep_tails, put_off_tails
from kizuna.success.customers.matching import domains
from kizuna.success.customers.models import Account, AccountChange, AccountDomain, AccountName, AccountOwnership
from kizuna.success.customers.queries import opening

TARGET = "account"
FIELDS = (
    "kind", "name", "kana", "parent_id", "external_id", "corporate_number", "industry", "region", "phone",
    "employee_count", "fit", "fit_reason", "community_touch", "owner_id",
)  # fmt: skip
NAME_COLUMNS = ("account", "kind", "text", "folded", "match_key", "since", "until")
# What the history keeps besides: kept by other actions on the same row.
DATED = (*FIELDS, "state", "next_review_on")


def create_account(*, viewer: Viewer, fields: Mapping[str, Any], now: datetime) -> Account:
    """Add one account. `fields` are FIELDS, and perhaps `aliases` and `domains` (lists of text)."""
    return create_accounts(viewer=viewer, rows=[fields], now=now)[0]


@transaction.atomic
def create_accounts(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Account]:
    """Add up to CHUNK accounts: the many-form, with the same checks. Raises Refused for the first bad row.

    Those of an import are found by a part of their names after `keep_due_tails`, which the importer calls.
    """
    policies.require_worker(viewer)
    require_chunk(rows)
    seeing.require_may_fill(viewer, *rows)
    clean = [checked_account(row) for row in rows]
    require_new_ids(clean)
    require_staff({row.get("owner_id") for row in clean})
    accounts = [_built(row, now=now, import_id=import_id) for row in clean]
    insert_many(accounts)
    named = [(account.pk, *name) for account, row in zip(accounts, rows, strict=True) for name in _wanted(account, row)]
    insert_plain(AccountName, NAME_COLUMNS, [(*name, now, None) for name in named])
    if import_id is None:
        keep_tails(account_ids=[account.pk for account in accounts], are_new=True)
    else:
        put_off_tails(account_ids=[account.pk for account in accounts])
    insert_many([item for account, row in zip(accounts, rows, strict=True) for item in _domains(account, row, now=now)])
    owned = [(account.pk, account.owner_id, now, None) for account in accounts if account.owner_id]
    insert_plain(AccountOwnership, ["account", "member", "started_at", "ended_at"], owned)
    keep_states(accounts, fields=["added"], viewer=viewer, now=now)
    _tell_added(accounts, viewer=viewer, now=now, import_id=import_id)
    return accounts


@transaction.atomic
def change_account(
    *, viewer: Viewer, account: Account, fields: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> Account:
    """Change some of an account's facts; a new name leaves the old one behind as a former name."""
    policies.require_worker(viewer)
    seeing.require_may_change(viewer, fields)
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    clean = checked_account({**{name: getattr(account, name) for name in FIELDS}, **fields}, own_id=account.pk)
    changed = [name for name in FIELDS if clean[name] != getattr(account, name)]
    if changed:
        said = [name for name in FIELDS if name in fields]
        require_unchanged(
            opened,
            opening.values_of(account, said),
            lambda after: opening.account_changes(account, said, after=after),
        )
    if "external_id" in changed:
        require_new_ids([clean])
    if "owner_id" in changed:
        require_staff({clean["owner_id"]})
    if "parent_id" in changed:
        _require_no_circle(account, clean["parent_id"])
    before_owner = account.owner_id
    for name in changed:
        setattr(account, name, clean[name])
    if "name" in changed or "kana" in changed:
        renamed(account, now=now)
    add_names_and_domains(account, fields, now=now)
    if fields.get("aliases") or {"name", "kana"} & set(changed):
        keep_tails(account_ids=[account.pk])
    if not changed:
        return account
    account.phone_key, account.updated_at = phones.key_of(account.phone), now
    account.save(update_fields=[*changed, "phone_key", "reading", "updated_at"])
    if "owner_id" in changed:
        _hand_over([account], before={account.pk: before_owner}, viewer=viewer, now=now)
    keep_states([account], fields=changed, viewer=viewer, now=now)
    props = {"fields": ",".join(changed)[:200]}
    _record(activities.ACCOUNT_CHANGED, account.pk, viewer=viewer, now=now, props=props)
    return account


@transaction.atomic
def set_owner(
    *, viewer: Viewer, account_ids: Iterable[int], owner_id: int | None, now: datetime
) -> dict[int, int | None]:
    """Give accounts to one of the team (None: to nobody). Returns {account: owner before} of those that changed."""
    policies.require_worker(viewer)
    ids = sorted(set(account_ids))
    require_chunk(ids)
    require_staff({owner_id})
    accounts = [
        account
        for account in Account.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
        if account.owner_id != owner_id and account.state != Account.State.MERGED
    ]
    before = {account.pk: account.owner_id for account in accounts}
    for account in accounts:
        account.owner_id, account.updated_at = owner_id, now
    Account.objects.bulk_update(accounts, ["owner_id", "updated_at"])
    _hand_over(accounts, before=before, viewer=viewer, now=now)
    keep_states(accounts, fields=["owner_id"], viewer=viewer, now=now)
    return before


@transaction.atomic
def set_community_touch(*, viewer: Viewer, account_ids: Iterable[int], is_on: bool, now: datetime) -> int:
    """Switch community touch on or off for accounts. Returns how many changed."""
    policies.require_worker(viewer)
    ids = sorted(set(account_ids))
    require_chunk(ids)
    accounts = list(
        Account.objects.select_for_update(of=("self",)).filter(pk__in=ids).exclude(community_touch=is_on).order_by("pk")
    )
    for account in accounts:
        account.community_touch, account.updated_at = is_on, now
    Account.objects.bulk_update(accounts, ["community_touch", "updated_at"])
    keep_states(accounts, fields=["community_touch"], viewer=viewer, now=now)
    for account in accounts:
        _record(activities.ACCOUNT_CHANGED, account.pk, viewer=viewer, now=now, props={"fields": "community_touch"})
    return len(accounts)


@transaction.atomic
def verify_domain(*, viewer: Viewer, account: Account, domain: str, now: datetime) -> AccountDomain:
    """Say that a domain is this account's own, so that members with an address there join it."""
    policies.require_worker(viewer)
    seeing.require(viewer, seeing.CONTACT, field="domain")
    key = domains.key_of(domain)
    if not key:
        raise Refused(_("This is no domain of a company: free mail and providers cannot be used."), field="domain")
    other = AccountDomain.objects.filter(domain=key, is_verified=True).exclude(account=account).first()
    if other is not None:
        raise Refused(_("Another customer has this domain already."), field="domain")
    row, _created = AccountDomain.objects.update_or_create(
        account=account,
        domain=key,
        defaults={"is_verified": True, "verified_by_id": viewer.member_id, "verified_at": now},
        create_defaults={
            "is_verified": True,
            "verified_by_id": viewer.member_id,
            "verified_at": now,
            "created_at": now,
        },
    )
    _record(activities.ACCOUNT_CHANGED, account.pk, viewer=viewer, now=now, props={"fields": "domain"})
    return row


def keep_states(accounts: Sequence[Account], *, fields: list[str], viewer: Viewer, now: datetime) -> None:
    """Keep what the accounts are now in their history."""
    rows = [(account.pk, now, viewer.member_id, fields, state_of(account)) for account in accounts]
    insert_plain(AccountChange, ["account", "at", "by", "fields", "state"], rows)


def state_of(account: Account) -> dict[str, Any]:
    """Return the dated facts of an account as the history keeps them."""
    state = {name: getattr(account, name) for name in DATED}
    state["next_review_on"] = account.next_review_on.isoformat() if account.next_review_on else None
    return state


def _built(clean: Mapping[str, Any], *, now: datetime, import_id: int | None) -> Account:
    return Account(
        **{name: clean[name] for name in FIELDS},
        phone_key=phones.key_of(clean["phone"]),
        reading=naming.reading_of(name=clean["name"], kana=clean["kana"]),
        import_id=import_id,
        created_at=now,
        updated_at=now,
    )


def _wanted(account: Account, row: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return the names an account is known by now: kind, text, and the two forms for search and matching."""
    wanted = {(AccountName.Kind.OWN, account.name)}
    if account.kana:
        wanted.add((AccountName.Kind.KANA, account.kana))
    aliases = (str(text).strip()[:160] for text in row.get("aliases") or ())
    wanted |= {(AccountName.Kind.ALIAS, text) for text in aliases if text and text != account.name}
    return [(str(kind), text, naming.folded(text), naming.match_key(text)) for kind, text in sorted(wanted)]


def _add_names(account: Account, row: Mapping[str, Any], *, now: datetime) -> None:
    """Add names that are not there yet."""
    rows = [(account.pk, *name, now, None) for name in _wanted(account, row)]
    insert_plain(AccountName, NAME_COLUMNS, rows, ignore_conflicts=True)


def _domains(account: Account, row: Mapping[str, Any], *, now: datetime) -> list[AccountDomain]:
    keys = {domains.key_of(str(text)) for text in row.get("domains") or ()} - {""}
    return [AccountDomain(account_id=account.pk, domain=key, created_at=now) for key in sorted(keys)]


def renamed(account: Account, *, now: datetime) -> None:
    """Let an account's names follow its name and reading; the old name stays as a former one. The caller saves it."""
    account.reading = naming.reading_of(name=account.name, kana=account.kana)
    names = AccountName.objects.filter(account=account, until=None)
    for old in names.filter(kind=AccountName.Kind.OWN).exclude(text=account.name):
        AccountName.objects.filter(account=account, kind=AccountName.Kind.FORMER, text=old.text).delete()
        old.kind, old.until = AccountName.Kind.FORMER, now
        old.save(update_fields=["kind", "until"])
    names.filter(kind=AccountName.Kind.KANA).exclude(text=account.kana).delete()
    _add_names(account, {}, now=now)


def add_names_and_domains(account: Account, fields: Mapping[str, Any], *, now: datetime) -> None:
    """Add the `aliases` and `domains` that are not known yet."""
    if fields.get("aliases"):
        _add_names(account, fields, now=now)
    if fields.get("domains"):
        AccountDomain.objects.bulk_create(_domains(account, fields, now=now), ignore_conflicts=True)


def hand_over(accounts: Sequence[Account], *, now: datetime) -> None:
    """End the open periods of ownership and begin the new ones."""
    ids = [account.pk for account in accounts]
    AccountOwnership.objects.filter(account_id__in=ids, ended_at=None).update(ended_at=now)
    AccountOwnership.objects.bulk_create(
        AccountOwnership(account=account, member_id=account.owner_id, started_at=now)
        for account in accounts
        if account.owner_id
    )


def _hand_over(accounts: Sequence[Account], *, before: Mapping[int, int | None], viewer: Viewer, now: datetime) -> None:
    """Hand accounts over and say so in the log."""
    hand_over(accounts, now=now)
    for account in accounts:
        props = {"owner": account.owner_id, "before": before[account.pk]}
        _record(activities.ACCOUNT_OWNED, account.pk, viewer=viewer, now=now, props=props)


def require_new_ids(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise Refused when an external id stands twice or is another account's."""
    ids = [row["external_id"] for row in rows if row["external_id"]]
    if len(set(ids)) < len(ids) or Account.objects.filter(external_id__in=ids).exclude(external_id="").exists():
        raise Refused(_("Another customer has this number already."), field="external_id", code="taken")


def require_staff(owner_ids: set[int | None]) -> None:
    """Raise Refused unless all of them are of the team."""
    wanted = {owner_id for owner_id in owner_ids if owner_id is not None}
    staff = Member.objects.filter(pk__in=wanted, state=Member.State.ACTIVE, role_grants__isnull=False)
    if wanted and staff.distinct().count() != len(wanted):
        raise Refused(_("Please choose somebody of the team."), field="owner")


def _require_no_circle(account: Account, parent_id: int | None) -> None:
    seen = {account.pk}
    while parent_id is not None:
        if parent_id in seen:
            raise Refused(_("A customer cannot stand above itself."), field="parent")
        seen.add(parent_id)
        parent_id = Account.objects.filter(pk=parent_id).values_list("parent_id", flat=True).first()


def _tell_added(accounts: Sequence[Account], *, viewer: Viewer, now: datetime, import_id: int | None) -> None:
    if import_id is None:
        for account in accounts:
            _record(activities.ACCOUNT_ADDED, account.pk, viewer=viewer, now=now, props={"kind": str(account.kind)})
        return
    record_imported(
        (
            (
                activities.ACCOUNT_ADDED,
                {
                    "actor_id": viewer.member_id,
                    "object_type": TARGET,
                    "object_id": account.pk,
                    "at": now,
                    "props": {"kind": str(account.kind)},
                },
            )
            for account in accounts
        ),
        import_id=import_id,
    )


def _record(what: Any, account_id: int, *, viewer: Viewer, now: datetime, props: dict[str, Any]) -> None:
    record(what, actor_id=viewer.member_id, object_type=TARGET, object_id=account_id, at=now, props=props)
