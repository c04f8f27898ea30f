"""The time of people at accounts: where they work and worked, in which post, since when and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import insert_many, update_many
from kizuna.core.activity.actions import record
from kizuna.core.community import settings as keys
from kizuna.core.community.queries import setting
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import activities, policies
from kizuna.success.customers.actions.checking import line, require_chunk
from kizuna.success.customers.matching import domains
from kizuna.success.customers.models import Account, AccountDomain, Contact, Employment


@dataclass(frozen=True)
class Beginning:
    """A period of work that begins."""

    contact: Contact
    account_id: int
    department: str
    title: str
    how: str
    at: datetime

    @property
    def says_a_post(self) -> bool:
        return bool(self.department or self.title)

    def employment(self) -> Employment:
        return Employment(
            contact_id=self.contact.pk,
            account_id=self.account_id,
            department=self.department,
            title=self.title,
            how=self.how,
            started_at=self.at,
        )


@transaction.atomic
def begin_employment(
    *,
    viewer: Viewer,
    contact: Contact,
    account: Account,
    department: str = "",
    title: str = "",
    from_on: date | None = None,
    now: datetime,
) -> Employment:
    """Say that a person works at an account, also, perhaps since a day that is past; another department or title begins a new period."""
    policies.require_worker(viewer)
    at = _moment_of(from_on, field="from_on", now=now)
    there = Employment.objects.select_for_update(of=("self",)).filter(contact=contact, account=account)
    seat = there.filter(ended_at=None, started_at__gt=at).first()
    is_same = seat is not None and (department, title) in ((seat.department, seat.title), ("", ""))
    if there.filter(ended_at__gt=at).exists() or (seat is not None and not is_same):
        raise Refused(_("A period that is written down already holds on this day."), field="from_on")
    if seat is not None:  # the same post, held for longer than was known
        seat.started_at = at
        seat.save(update_fields=["started_at"])
    return began(contact, account.pk, department, title, viewer=viewer, how=Employment.How.STAFF, at=at, now=now)


@transaction.atomic
def begin_employments(
    *, viewer: Viewer, rows: Sequence[tuple[Contact, int, str, str]], now: datetime
) -> list[Employment]:
    """Say of many people where they work: (person, account, department, title). The many-form, for importers."""
    policies.require_worker(viewer)
    require_chunk(rows)
    wanted = [
        Beginning(
            contact,
            account_id=account_id,
            department=line({"department": department}, "department", longest=80),
            title=line({"title": title}, "title", longest=80),
            how=Employment.How.IMPORT,
            at=now,
        )
        for contact, account_id, department, title in rows
    ]
    found = begin_all(wanted)
    see_domains([(contact, account_id) for contact, account_id, _department, _title in rows], now=now)
    return found


@transaction.atomic
def end_employment(
    *, viewer: Viewer, contact: Contact, account: Account, left_on: date | None = None, now: datetime
) -> None:
    """Say that a person has left an account, perhaps on a day that is past. What they did there stays on its timeline."""
    policies.require_worker(viewer)
    at = _moment_of(left_on, field="left_on", now=now)
    there = Employment.objects.select_for_update(of=("self",)).filter(contact=contact, account=account, ended_at=None)
    seat = there.first()
    if seat is None:
        raise Refused(_("This person has left already."))
    if local_day(at) < local_day(seat.started_at):
        raise Refused(_("This day lies before their time there."), field="left_on")
    seat.ended_at = max(at, seat.started_at)
    seat.save(update_fields=["ended_at"])
    props = {"contact": contact.pk, "account": account.pk}
    record_of(activities.EMPLOYMENT_ENDED, contact, viewer=viewer, now=now, props=props)


def began(
    contact: Contact,
    account_id: int,
    department: str,
    title: str,
    *,
    viewer: Viewer,
    how: str,
    now: datetime,
    at: datetime | None = None,
) -> Employment:
    row = {"department": department, "title": title}
    employment = begin_all(
        [
            Beginning(
                contact,
                account_id=account_id,
                department=line(row, "department", longest=80),
                title=line(row, "title", longest=80),
                how=how,
                at=at or now,
            )
        ]
    )[0]
    props = {"contact": contact.pk, "account": account_id}
    record_of(activities.EMPLOYMENT_BEGUN, contact, viewer=viewer, now=now, props=props)
    return employment


def begin_all(wanted: Sequence[Beginning]) -> list[Employment]:
    """Begin periods, ending the open one at the same account where the post is another."""
    open_now = {
        (row.contact_id, row.account_id): row
        for row in Employment.objects.filter(
            contact__in=[item.contact for item in wanted],
            account_id__in={item.account_id for item in wanted},
            ended_at=None,
        )
    }
    new, over, found = [], [], []
    for item in wanted:
        place = item.contact.pk, item.account_id
        there = open_now.get(place)
        if there is None or (item.says_a_post and (there.department, there.title) != (item.department, item.title)):
            if there is not None:
                there.ended_at = max(item.at, there.started_at)
                over += [there] if there.pk else []
            there = item.employment()
            new.append(there)
            open_now[place] = there
        found.append(there)
    update_many(over, ["ended_at"])
    insert_many(new)
    return found


def see_domains(people: Sequence[tuple[Contact, int]], *, now: datetime) -> None:
    seen = {(account_id, key) for contact, account_id in people if (key := domains.key_of(contact.email))}
    new = [AccountDomain(account_id=account_id, domain=key, created_at=now) for account_id, key in sorted(seen)]
    insert_many(new, ignore_conflicts=True)


def _moment_of(day: date | None, *, field: str, now: datetime) -> datetime:
    """Return when a day of the past begins, and now for today and where no day is said."""
    if day is None or day == local_day(now):
        return now
    if day > local_day(now):
        raise Refused(_("This day lies ahead."), field=field)
    return datetime.combine(day, time(), ZoneInfo(setting(keys.TIME_ZONE)))


def record_of(what: Any, contact: Contact, *, viewer: Viewer, now: datetime, props: dict[str, Any]) -> None:
    record(what, actor_id=viewer.member_id, object_type="contact", object_id=contact.pk, at=now, props=props)
