"""Two accounts that are one: merged by re-pointing rows, undone by pointing them back. And pairs refused for good."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import activities, policies
from kizuna.success.customers.actions.accounts import keep_states
from kizuna.success.customers.actions.finding import keep_tails
from kizuna.success.customers.actions.sums import refresh_accounts
from kizuna.success.customers.models import Account, AccountName, Employment, MatchDecision, Merge
from kizuna.success.customers.queries.merging import movable, tables

SUBJECT_ACCOUNT = "account"


@transaction.atomic
def merge_accounts(*, viewer: Viewer, kept: Account, absorbed: Account, now: datetime) -> Merge:
    """Let one account absorb another: contracts, people, notes and timeline go over; nothing is copied or lost."""
    policies.require_worker(viewer)
    if kept.pk == absorbed.pk:
        raise Refused(_("Please choose another customer."), field="absorbed")
    rows = {
        row.pk: row for row in Account.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, absorbed.pk])
    }
    kept, absorbed = rows[kept.pk], rows[absorbed.pk]
    if Account.State.MERGED in (kept.state, absorbed.state):
        raise Refused(_("One of the two was merged already."))
    if kept.corporate_number and absorbed.corporate_number and kept.corporate_number != absorbed.corporate_number:
        raise Refused(_("Two corporate numbers are two companies: they cannot be merged."))
    moved: dict[str, list[int]] = {}
    for name, (model, column) in tables().items():
        ids = movable(name, kept=kept, absorbed=absorbed)
        model.objects.filter(pk__in=ids).update(**{column: kept.pk})  # type: ignore[attr-defined]
        moved[name] = ids
    moved["aliases"] = _take_names(kept, absorbed, now=now)
    merge = Merge.objects.create(
        kept=kept, absorbed=absorbed, moved=moved, state_before=absorbed.state, by_id=viewer.member_id, at=now
    )
    absorbed.state, absorbed.updated_at = Account.State.MERGED, now
    absorbed.save(update_fields=["state", "updated_at"])
    if absorbed.last_touched_at and (not kept.last_touched_at or kept.last_touched_at < absorbed.last_touched_at):
        Account.objects.filter(pk=kept.pk).update(last_touched_at=absorbed.last_touched_at)
    _after(merge, activities.ACCOUNT_MERGED, viewer=viewer, now=now)
    return merge


@transaction.atomic
def undo_merge(*, viewer: Viewer, merge: Merge, now: datetime) -> None:
    """Point every row back that the merge had moved; what was added since stays with the account that was kept."""
    policies.require_worker(viewer)
    merge = Merge.objects.select_for_update(of=("self",)).select_related("kept", "absorbed").get(pk=merge.pk)
    require(merge.undone_at is None, _("This merge was undone already."))
    for name, (model, column) in tables().items():
        back = model.objects.filter(pk__in=merge.moved.get(name, []), **{column: merge.kept_id})  # type: ignore[attr-defined]
        back.update(**{column: merge.absorbed_id})
    AccountName.objects.filter(pk__in=merge.moved.get("aliases", [])).delete()
    merge.undone_at, merge.undone_by_id = now, viewer.member_id
    merge.save(update_fields=["undone_at", "undone_by_id"])
    merge.absorbed.state, merge.absorbed.updated_at = merge.state_before, now
    merge.absorbed.save(update_fields=["state", "updated_at"])
    _after(merge, activities.ACCOUNT_UNMERGED, viewer=viewer, now=now)


@transaction.atomic
def decide_match(*, viewer: Viewer, decision: MatchDecision, is_one: bool, now: datetime) -> MatchDecision:
    """Say whether a proposed pair is one. A no is for good; a yes to two accounts leads to the merge, which is previewed."""
    policies.require_worker(viewer)
    decision = MatchDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    decision.verdict = MatchDecision.Verdict.CONFIRMED if is_one else MatchDecision.Verdict.REFUSED
    decision.decided_by_id, decision.decided_at = viewer.member_id, now
    decision.save(update_fields=["verdict", "decided_by_id", "decided_at"])
    if not is_one and decision.subject_type == "member":
        Employment.objects.filter(
            account_id=decision.account_id,
            contact__member_id=int(decision.subject_key),
            how=Employment.How.DOMAIN,
            ended_at=None,
        ).update(ended_at=now)
    record(
        activities.MATCH_DECIDED,
        actor_id=viewer.member_id,
        object_type="match",
        object_id=decision.pk,
        at=now,
        props={"account": decision.account_id, "verdict": str(decision.verdict)},
    )
    return decision


def note_match(
    *, account_id: int, subject: tuple[str, str], text: str, confidence: float, reason: str, verdict: str, now: datetime
) -> MatchDecision:
    """Keep what the matching found for a row or an account: proposed, or accepted by itself. A decided pair stays as it is."""
    decision, _created = MatchDecision.objects.get_or_create(
        subject_type=subject[0],
        subject_key=subject[1],
        account_id=account_id,
        defaults={
            "subject_text": text[:200],
            "confidence": confidence,
            "reason": reason,
            "verdict": verdict,
            "created_at": now,
        },
    )
    return decision


def _take_names(kept: Account, absorbed: Account, *, now: datetime) -> list[int]:
    known = set(kept.names.values_list("text", flat=True))
    new = [
        AccountName(
            account=kept,
            kind=AccountName.Kind.ALIAS,
            text=name.text,
            folded=name.folded,
            match_key=name.match_key,
            since=now,
        )
        for name in absorbed.names.exclude(kind=AccountName.Kind.KANA)
        if name.text not in known
    ]
    return [AccountName.objects.create(**_fields(name)).pk for name in {name.text: name for name in new}.values()]


def _fields(name: AccountName) -> dict[str, Any]:
    return {field: getattr(name, field) for field in ("account", "kind", "text", "folded", "match_key", "since")}


def _after(merge: Merge, what: Any, *, viewer: Viewer, now: datetime) -> None:
    keep_states([merge.absorbed], fields=["state"], viewer=viewer, now=now)
    ids = {merge.kept_id, merge.absorbed_id}
    keep_tails(account_ids=[merge.kept_id])
    refresh_accounts(account_ids=ids, today=local_day(now), viewer=viewer, now=now)
    record(
        what,
        actor_id=viewer.member_id,
        object_type="account",
        object_id=merge.kept_id,
        at=now,
        props={"absorbed": merge.absorbed_id},
    )
