"""Put a next step off, and bring it back."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Step
from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import activities, policies
from kizuna.success.customers.models import Account, PutOffStep

LONGEST = timedelta(days=366)


@transaction.atomic
def put_off_step(
    *, viewer: Viewer, account: Account, step: Step, until: date | None, today: date, now: datetime
) -> PutOffStep:
    """Put a step of an account off until a day, or (None) until its fact is another. It holds for the whole team."""
    policies.require_worker(viewer)
    if not step.key:
        raise Refused(_("This step cannot be put off."))
    if until is not None and not today < until <= today + LONGEST:
        raise Refused(_("Please choose a day within a year from now."), field="until")
    # The account's row is held, so that two at once are one after the other.
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    _end(account, step.key, now=now)
    row = PutOffStep.objects.create(
        account=account, key=step.key[:60], fact=step.fact[:200], until=until, by_id=viewer.member_id, at=now
    )
    props = {"key": row.key, "until": until.isoformat() if until else ""}
    _record(activities.STEP_PUT_OFF, account, viewer=viewer, now=now, props=props)
    return row


@transaction.atomic
def bring_step_back(*, viewer: Viewer, account: Account, key: str, now: datetime) -> None:
    """Show a step again that was put off; one that was not stays as it is."""
    policies.require_worker(viewer)
    if _end(account, key, now=now):
        _record(activities.STEP_BROUGHT_BACK, account, viewer=viewer, now=now, props={"key": key})


def _end(account: Account, key: str, *, now: datetime) -> int:
    return PutOffStep.objects.filter(account=account, key=key, ended_at=None).update(ended_at=now)


def _record(
    what: activities.ActivityType, account: Account, *, viewer: Viewer, now: datetime, props: dict[str, str]
) -> None:
    record(what, actor_id=viewer.member_id, object_type="account", object_id=account.pk, at=now, props=props)
