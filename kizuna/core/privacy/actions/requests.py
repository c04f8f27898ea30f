"""What people ask for: taken down, checked, extended, done, answered. Each step goes into its history and the audit log."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person
from kizuna.base.registry import personal as people
from kizuna.core.audit import actions as audit
from kizuna.core.community import queries as community
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.actions import notify
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.privacy import policies
from kizuna.core.privacy.actions.copies import ask_for_copy
from kizuna.core.privacy.actions.erasing import erase_person
from kizuna.core.privacy.models import PrivacyRequest, PrivacyRequestStep
from kizuna.core.privacy.queries.people import is_there
from kizuna.core.privacy.settings import APPI_DAYS, GDPR_DAYS

LONGEST_EXTENSION = timedelta(days=60)  # GDPR, article 12: two further months
LONGEST_TEXT = 4000
OPEN_AT_ONCE = 5
What = PrivacyRequestStep.What


@transaction.atomic
def ask(*, viewer: Viewer, kind: str, text: str, law: str, now: datetime) -> PrivacyRequest:
    """Ask for something about oneself. Signing in has proven who asks."""
    require(can_act(viewer), _("Please sign in first."))
    member = Member.objects.select_for_update(of=("self",)).get(pk=viewer.own_id)  # one click at a time
    waiting = PrivacyRequest.objects.filter(member_id=viewer.own_id, state=PrivacyRequest.State.OPEN)
    if waiting.filter(kind=kind).exists():
        raise Refused(_("You have asked for this already. The team is on it."), field="kind", code="open")
    require(waiting.count() < OPEN_AT_ONCE, _("Please wait for the answers to what you have asked for."))
    request = _taken(
        {"kind": kind, "law": law, "channel": PrivacyRequest.Channel.PAGE, "text": text, "name": member.name},
        member_id=member.pk,
        contact_id=people.completed(Person(member_id=member.pk)).contact_id,
        by_id=member.pk,
        received_at=now,
        now=now,
    )
    PrivacyRequest.objects.filter(pk=request.pk).update(checked_at=now)
    return request


@transaction.atomic
def record_request(
    *,
    viewer: Viewer,
    fields: dict[str, Any],
    member_id: int | None = None,
    contact_id: int | None = None,
    received_at: datetime,
    now: datetime,
) -> PrivacyRequest:
    """Take down what somebody asked for by mail, telephone or on paper. `fields`: kind, law, channel, name, address, text."""
    policies.require_recorder(viewer)
    require(received_at <= now, _("It cannot have come in later than now."))
    person = people.completed(Person(member_id=member_id, contact_id=contact_id))
    if (member_id or contact_id) and not is_there(person):
        raise Refused(_("There is no such person."), field="who", code="missing")
    name = str(fields.get("name", "")).strip() or person.name
    if not name:
        raise Refused(_("Please say who asks."), field="name", code="empty")
    return _taken(
        {**fields, "name": name},
        member_id=person.member_id,
        contact_id=person.contact_id,
        by_id=viewer.member_id,
        received_at=received_at,
        now=now,
    )


@transaction.atomic
def note_check(*, viewer: Viewer, request: PrivacyRequest, note: str, now: datetime) -> None:
    """Note how it was made sure that the person is who they say."""
    row = _open(viewer, request)
    if not note.strip():
        raise Refused(_("Please write how you checked."), field="note", code="empty")
    row.checked_at, row.checked_by_id, row.check_note = now, viewer.member_id, note.strip()[:400]
    row.save(update_fields=["checked_at", "checked_by", "check_note"])
    _step(row, What.CHECKED, by_id=viewer.member_id, now=now)


@transaction.atomic
def extend(*, viewer: Viewer, request: PrivacyRequest, until: date, reason: str, now: datetime) -> None:
    """Put the day of the answer off, once, with a reason that the person is told."""
    row = _open(viewer, request)
    require(row.extended_from is None, _("It was put off once already."))
    if not reason.strip():
        raise Refused(_("Please write why."), field="reason", code="empty")
    if not row.due_on < until <= row.due_on + LONGEST_EXTENSION:
        raise Refused(_("At most 60 days later than it is due now."), field="until", code="bounds")
    row.extended_from, row.due_on, row.extension_reason = row.due_on, until, reason.strip()[:400]
    row.save(update_fields=["extended_from", "due_on", "extension_reason"])
    _step(row, What.EXTENDED, by_id=viewer.member_id, now=now)
    _tell(row, now=now)


@transaction.atomic
def attach_copy(*, viewer: Viewer, request: PrivacyRequest, now: datetime) -> None:
    """Have a copy of everything about the person made for the answer."""
    row = _checked(viewer, request)
    row.copy = ask_for_copy(viewer=viewer, member_id=row.member_id, contact_id=row.contact_id, now=now)
    row.save(update_fields=["copy"])
    _step(row, What.COPIED, by_id=viewer.member_id, now=now)


@transaction.atomic
def carry_out_erasure(*, viewer: Viewer, request: PrivacyRequest, now: datetime) -> None:
    """Erase the person who asked for it."""
    row = _checked(viewer, request)
    require(row.kind == PrivacyRequest.Kind.ERASURE, _("This person did not ask to be erased."))
    require(row.erasure_id is None, _("The erasure has begun already."))
    row.erasure = erase_person(viewer=viewer, member_id=row.member_id, contact_id=row.contact_id, now=now)
    row.save(update_fields=["erasure"])
    _step(row, What.ERASED, by_id=viewer.member_id, now=now)


@transaction.atomic
def answer(*, viewer: Viewer, request: PrivacyRequest, text: str, is_refused: bool, now: datetime) -> None:
    """End a request with what was done, or with the reason why it is not."""
    row = _open(viewer, request)
    if not text.strip():
        raise Refused(_("Please write the answer."), field="text", code="empty")
    row.state = PrivacyRequest.State.REFUSED if is_refused else PrivacyRequest.State.ANSWERED
    row.answer, row.answered_at, row.answered_by_id = text.strip()[:LONGEST_TEXT], now, viewer.member_id
    row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    _step(row, What.REFUSED if is_refused else What.ANSWERED, by_id=viewer.member_id, now=now)
    _tell(row, now=now)


@transaction.atomic
def withdraw(*, viewer: Viewer, request: PrivacyRequest, now: datetime) -> None:
    """Take one's own request back."""
    require(can_act(viewer) and request.member_id == viewer.member_id, _("Only whoever asked may take it back."))
    own = PrivacyRequest.objects.filter(pk=request.pk, state=PrivacyRequest.State.OPEN, erasure=None)
    require(bool(own.update(state=PrivacyRequest.State.WITHDRAWN)), _("It was answered already."))
    _step(request, What.WITHDRAWN, by_id=viewer.member_id, now=now)


def forget_asker(*, person: Person) -> int:
    """Take name, address and words out of the requests of an erased person; that they asked stays. Returns of how many."""
    own = PrivacyRequest.objects.none()
    if person.member_id is not None:
        own = own | PrivacyRequest.objects.filter(member_id=person.member_id)
    if person.contact_id is not None:
        own = own | PrivacyRequest.objects.filter(contact_id=person.contact_id)
    return own.update(name="", address="", text="", check_note="", answer="")


def _taken(
    fields: dict[str, Any],
    *,
    member_id: int | None,
    contact_id: int | None,
    by_id: int | None,
    received_at: datetime,
    now: datetime,
) -> PrivacyRequest:
    days = community.setting(GDPR_DAYS if fields["law"] == PrivacyRequest.Law.GDPR else APPI_DAYS)
    request = PrivacyRequest.objects.create(
        kind=fields["kind"],
        law=fields["law"],
        channel=fields["channel"],
        name=fields["name"][:80],
        address=str(fields.get("address", "")).strip()[:254],
        text=str(fields.get("text", "")).strip()[:LONGEST_TEXT],
        member_id=member_id,
        contact_id=contact_id,
        recorded_by_id=by_id,
        received_at=received_at,
        due_on=local_day(received_at) + timedelta(days=days),
    )
    _step(request, What.RECEIVED, by_id=by_id, now=now)
    return request


def _open(viewer: Viewer, request: PrivacyRequest) -> PrivacyRequest:
    policies.require_handler(viewer)
    row = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    require(row.is_open, _("It was answered already."))
    return row


def _checked(viewer: Viewer, request: PrivacyRequest) -> PrivacyRequest:
    row = _open(viewer, request)
    require(row.checked_at is not None, _("Please check first that the person is who they say, and note how."))
    require(bool(row.member_id or row.contact_id), _("This request is linked to no member and no contact."))
    return row


def _step(request: PrivacyRequest, what: str, *, by_id: int | None, now: datetime) -> None:
    PrivacyRequestStep.objects.create(request=request, what=what, at=now, by_id=by_id)
    detail = {"kind": str(request.kind), "due": request.due_on.isoformat()}
    audit.note(f"request.{what}", actor_id=by_id, subject=("privacy_request", request.pk), detail=detail, now=now)


def _tell(request: PrivacyRequest, *, now: datetime) -> None:
    if request.member_id is not None:
        notify(
            recipients=[request.member_id],
            kind="request.answered",
            target_type="privacy_request",
            target_id=request.pk,
            now=now,
        )
