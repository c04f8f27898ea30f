"""Next steps of an account in the REST API, and putting them off."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.registry import Step
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, steps
from kizuna.success.customers.models import Account, PutOffStep
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import visible

router = Router(tags=["customers"])


class StepOut(Schema):
    key: str = Field(description="The same for the same step; empty for one that cannot be put off.")
    rank: int = Field(description="The smaller, the more pressing.")
    say: str = Field(description="What to do, in the token's language.")
    reason: str = Field(description="The fact it rests on.")
    quote: str = Field(description="Numbers of other customers and with whom these were not compared, or empty.")
    url: str = Field(description="Where it is done.")
    is_put_off: bool
    until: date | None = Field(description="The first day on which it is shown again; null: when its fact is another.")


class StepList(Schema):
    items: list[StepOut]


class DelayIn(Input):
    until: date | None = Field(
        None, description="The first day on which it is shown again; null: when its fact is another."
    )


@router.get("/accounts/{id:account_id}/steps", response=StepList, summary="List next steps")
def list_steps(request: Request, account_id: int) -> dict[str, Any]:
    """List what to do next with an account, the most pressing first, and what was put off."""
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    return {"items": _listed(request, account)}


@router.post("/accounts/{id:account_id}/steps/{key}/delay", response=StepList, summary="Put a step off")
def put_off(request: Request, account_id: int, key: str, sent: DelayIn) -> dict[str, Any]:
    """Put a next step off for the whole team."""
    require_reader(request.viewer)
    viewer, now = request.viewer, timezone.now()
    account = visible.account_for(viewer, account_id)
    found = steps.steps_of(viewer, account, steps.known_of(viewer, account), now=now)
    step = next((step for step in found if step.key == key), None)
    if step is None:
        raise Refused(_("This step is no longer there: its fact is another by now."), field="key")
    actions.put_off_step(viewer=viewer, account=account, step=step, until=sent.until, today=local_day(now), now=now)
    return {"items": _listed(request, account)}


@router.delete("/accounts/{id:account_id}/steps/{key}/delay", response=StepList, summary="Show a step again")
def bring_back(request: Request, account_id: int, key: str) -> dict[str, Any]:
    """Show a step again that was put off; one that was not stays as it is."""
    require_reader(request.viewer)
    account = visible.account_for(request.viewer, account_id)
    actions.bring_step_back(viewer=request.viewer, account=account, key=key[:60], now=timezone.now())
    return {"items": _listed(request, account)}


def _listed(request: Request, account: Account) -> list[dict[str, Any]]:
    now = timezone.now()
    found = steps.steps_of(request.viewer, account, steps.known_of(request.viewer, account), now=now)
    shown, put_off = steps.parted(found, account, today=local_day(now))
    return [*(_step(request, step, None) for step in shown), *(_step(request, step, row) for step, row in put_off)]


def _step(request: Request, step: Step, row: PutOffStep | None) -> dict[str, Any]:
    quote = step.quotes
    said = (quote.text if quote.has_control else f"{quote.text} ({quote.unlike})") if quote else ""
    return {
        **{name: getattr(step, name) for name in ("key", "rank", "say", "reason")},
        "quote": said,
        "url": whole(request, step.url),
        "is_put_off": row is not None,
        "until": row.until if row else None,
    }
