"""What to do next with a customer: each step with the fact it rests on and the place where it is done. Nothing is guessed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kizuna.base.registry import Step, StepRule, of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.discussions.models import Topic
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account, Contract, Employment, PutOffStep, SuccessDefinition
from kizuna.success.customers.queries import account as reading

AHEAD = timedelta(days=30)
QUIET = timedelta(days=45)
WAITS = timedelta(days=2)


@dataclass(frozen=True)
class Known:
    """What the page has read of the customer already."""

    questions: Sequence[Topic]
    people: Sequence[Employment]
    contracts: Sequence[Contract]
    success: SuccessDefinition | None


def steps_of(viewer: Viewer, account: Account, known: Known, *, now: datetime) -> list[Step]:
    """Return the steps of our own rules and of those that higher apps declare, the most pressing first."""
    if not account.is_current:
        return []
    today, judges = local_day(now), seeing.sees(viewer, seeing.JUDGEMENT)
    found = [
        *_of_owner(account),
        *_of_contracts(account, known.contracts, today=today, judges=judges),
        *_of_questions(known.questions, now=now),
        *(_of_success(account, known.success, today=today) if judges else ()),
        *_of_people(account, known.people, now=now),
    ]
    for rule in of(StepRule):
        found += rule.steps(viewer=viewer, account=account, now=now)
    return sorted(found, key=lambda step: step.rank)


def known_of(viewer: Viewer, account: Account, *, has: Collection[str] = reading.RARE) -> Known:
    """Read what the steps rest on; what success means only for whom it is shown. `has`: what is known to be there."""
    judges = seeing.sees(viewer, seeing.JUDGEMENT) and "success" in has
    return Known(
        questions=reading.open_questions(viewer, account),
        people=reading.people_of(account),
        contracts=reading.contracts_of(account),
        success=reading.success_of(account) if judges else None,
    )


def parted(
    found: Sequence[Step], account: Account, *, today: date, has: Collection[str] = reading.RARE
) -> tuple[list[Step], list[tuple[Step, PutOffStep]]]:
    """Return the steps to be shown, and those put off with what was said: while their fact is the same and the day has not come."""
    if not found or "put_off" not in has:
        return list(found), []
    rows = {
        (row.key, row.fact): row
        for row in PutOffStep.objects.filter(account=account, ended_at=None).select_related("by")
    }
    waiting = {
        step: row
        for step in found
        if step.key and (row := rows.get((step.key, step.fact))) and (row.until is None or today < row.until)
    }
    return [step for step in found if step not in waiting], list(waiting.items())


def _of_owner(account: Account) -> Iterator[Step]:
    if account.owner_id is None:
        url = f"{reverse('customers:edit', args=[account.pk])}#id_owner"
        reason = _("Nobody looks after this customer.")
        yield Step(5, _("Choose an account owner"), reason, url, _("Choose"), key="owner")


def _of_contracts(account: Account, contracts: Sequence[Contract], *, today: date, judges: bool) -> Iterator[Step]:
    for contract in contracts:
        url = reverse("customers:contract", args=[contract.pk])
        if contract.ended_on is not None:
            if judges and contract.ended_on >= today and not contract.end_reason:
                reason = _("Notice was given; the last day is %(day)s. No reason is written down.") % {
                    "day": date_format(contract.ended_on, "DATE_FORMAT")
                }
                yield Step(
                    12, _("Ask why they are leaving"), reason, f"{url}notice/", _("Write down the reason"),
                    key=f"leaving:{contract.pk}", fact=str(contract.ended_on),
                )  # fmt: skip
        elif contract.notice_by and today <= contract.notice_by <= today + AHEAD:
            yield Step(
                10, _("Talk about the renewal"), _deadline(contract.notice_by, today), url, _("Open the contract"),
                key=f"renewal:{contract.pk}", fact=str(contract.notice_by),
            )  # fmt: skip
        elif (
            contract.ends_on and not contract.is_auto_renewed and today <= contract.ends_on <= today + AHEAD
        ):  # fmt: skip
            reason = _("The term ends on %(day)s and does not renew by itself.") % {
                "day": date_format(contract.ends_on, "DATE_FORMAT")
            }
            yield Step(
                11, _("Talk about the renewal"), reason, url, _("Open the contract"), key=f"renewal:{contract.pk}",
                fact=str(contract.ends_on),
            )  # fmt: skip


def _deadline(day: date, today: date) -> str:
    days = (day - today).days
    words = ngettext(
        "The notice deadline is %(day)s, %(days)d day from now.",
        "The notice deadline is %(day)s, %(days)d days from now.",
        days,
    )
    return words % {"day": date_format(day, "DATE_FORMAT"), "days": days}


def _of_questions(questions: Sequence[Topic], *, now: datetime) -> Iterator[Step]:
    waiting = [topic for topic in questions if now - topic.created_at > WAITS]
    if waiting:
        reason = ngettext(
            "“%(title)s” has been waiting for more than two days.",
            "“%(title)s” and others, %(count)d in all, have been waiting for more than two days.",
            len(waiting),
        ) % {"title": waiting[-1].title, "count": len(waiting)}
        numbers = ",".join(str(topic.pk) for topic in waiting)
        yield Step(
            25, _("Help with an open question"), reason, f"/t/{waiting[-1].pk}/", _("Open the question"),
            key="questions", fact=numbers,
        )  # fmt: skip


def _of_success(account: Account, success: SuccessDefinition | None, *, today: date) -> Iterator[Step]:
    url = reverse("customers:success", args=[account.pk])
    if account.next_review_on and account.next_review_on <= today:
        reason = _("The review was agreed for %(day)s.") % {"day": date_format(account.next_review_on, "DATE_FORMAT")}
        yield Step(
            30, _("Look together at what success means"), reason, url, _("Agree anew"), key="review",
            fact=str(account.next_review_on),
        )  # fmt: skip
    elif success is None and account.state == Account.State.ACTIVE:
        reason = _("Problem, goal, contribution and criteria have not been agreed yet.")
        yield Step(66, _("Agree what success means"), reason, url, _("Write down"), key="success")


def _of_people(account: Account, people: Sequence[Employment], *, now: datetime) -> Iterator[Step]:
    if account.state != Account.State.ACTIVE:
        return
    if not any(seat.ended_at is None for seat in people):
        url = reverse("customers:contact-new", args=[account.pk])
        reason = _("Nobody is known to work there.")
        yield Step(62, _("Find out whom to talk to"), reason, url, _("Add a person"), key="people")
    last = account.last_touched_at
    if last is None or now - last > QUIET:
        reason = (
            _("The last touch was %(days)d days ago.") % {"days": (now - last).days}
            if last
            else _("No touch has been recorded yet.")
        )
        url = f"{reverse('customers:timeline', args=[account.pk])}#note"
        yield Step(
            50, _("Say hello"), reason, url, _("Write a note"), key="hello", fact=str(last.date() if last else "")
        )
