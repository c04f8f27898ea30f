"""What this app offers to lower ones: a page, a block and a channel of customers, next steps, two rebuilds."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import (
    AccountPart,
    AccountRows,
    CountByDay,
    NavigationItem,
    Quote,
    Rebuild,
    Step,
    StepRule,
    Target,
    TouchpointChannel,
)
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Employment
from kizuna.success.usage import accounts, folding, queries, wording
from kizuna.success.usage.models import UsageChange
from kizuna.success.usage.policies import can_see_usage

RECENT = timedelta(days=30)
LEAST_CASES = 5  # fewer say nothing
RANKS = {UsageChange.Kind.QUIET: 42, UsageChange.Kind.DROP: 44}


def rebuild(*, report: Callable[[str], None]) -> int:
    """Count every kept event again."""
    return folding.rebuild(report=report, clock=timezone.now)


def _count_again_soon() -> None:
    enqueue("usage.fold", key="fold", run_at=timezone.now(), priority=-1)


def _shown(*, viewer: Viewer) -> bool:
    return can_see_usage(viewer)


def _of_account(*, viewer: Viewer, account: Account, now: datetime) -> dict[str, Any] | None:
    usage = accounts.usage_of(viewer, account)
    return wording.values_of(usage) if usage else None


def _changes(*, viewer: Viewer, ids: list[int]) -> dict[int, UsageChange]:
    return accounts.changes_visible_to(viewer).in_bulk(ids)


def _nowhere(*, row: UsageChange) -> str:
    return ""


def _text(*, row: UsageChange) -> str:
    return wording.text_of(row)


def _steps(*, viewer: Viewer, account: Account, now: datetime) -> Iterator[Step]:
    """Propose to speak with a customer whose use stopped or fell, unless somebody has since; or to invite who is no member."""
    latest = accounts.latest_change(viewer, account, kinds=RANKS, since=now - RECENT)
    if latest is None:
        return
    if account.last_touched_at is not None and account.last_touched_at >= latest.at:
        return
    reason = wording.text_of(latest)
    rank = RANKS[UsageChange.Kind(latest.kind)]
    if latest.kind == UsageChange.Kind.QUIET and (person := _to_invite(account)):
        url = reverse("customers:contact", args=[person.contact_id])
        say = _("Invite %(name)s to the community") % {"name": person.contact.name}
        yield Step(
            rank, say, reason, url, _("Open the person"), quotes=_like_cases(account, now), key="usage-invite",
            fact=str(latest.pk),
        )  # fmt: skip
    say, url = _("Ask how they are getting on"), f"{reverse('customers:timeline', args=[account.pk])}#note"
    yield Step(rank + 1, say, reason, url, _("Write a note"), key="usage-ask", fact=str(latest.pk))


def _to_invite(account: Account) -> Employment | None:
    seats = Employment.objects.filter(account=account, ended_at=None, contact__member=None).exclude(contact__email="")
    return seats.select_related("contact").order_by("pk").first()


def _like_cases(account: Account, now: datetime) -> Quote | None:
    cases, back = accounts.like_cases(account, now=now)
    if cases < LEAST_CASES:
        return None
    text = _("Of %(cases)d other customers with a member whose use had stopped, %(back)d used it again within 30 days.")
    return Quote(
        text % {"cases": cases, "back": back}, _("There is no comparison with customers who were not invited.")
    )


REBUILD = Rebuild("usage", rebuild)
BY_DAY = CountByDay("usage", gettext_lazy("Use of the product"), _count_again_soon, queries.counted_again)
DESK = NavigationItem("desk-usage", gettext_lazy("Product usage"), "usage:overview", "activity", _shown, place="desk")
ON_ACCOUNT = AccountPart("usage", "usage/_account.html", _of_account)
CHANGE = Target("usage_change", gettext_lazy("Change of usage"), _changes, _nowhere, _text, _nowhere)
CHANNEL = TouchpointChannel(
    "usage",
    gettext_lazy("Change of usage"),
    "activity",
    "c-d3",
    {f"usage.{kind.value}": words for kind, words in wording.SAYS.items()},
    is_contact=False,
)
ROWS = AccountRows("usage_changes", gettext_lazy("Changes of usage"), lambda: UsageChange)
STEPS = StepRule("usage", _steps)
