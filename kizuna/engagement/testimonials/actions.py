"""Ask, give, approve, decline, withdraw. What is shown changes with the content's generation, in the same transaction."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.community.screening import screen
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.testimonials import activities, policies
from kizuna.engagement.testimonials.models import Testimonial

LONGEST = 600
MOST_OPEN = 10
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
State = Testimonial.State


@dataclass(frozen=True)
class Words:
    """What a member says, how they are named, where it may stand, until when, and the wording they agreed to."""

    text: str
    shown_name: str
    shown_company: str = ""
    in_community: bool = False
    on_site: bool = False
    in_sales: bool = False
    until: date | None = None
    wording: str = ""


@transaction.atomic
def ask_member(*, viewer: Viewer, member: Member, note: str, now: datetime) -> Testimonial:
    """Ask a member for some words; asked once while the question is open."""
    require(policies.can_decide(viewer), _("Only owners and admins may do this."))
    if member.state != Member.State.ACTIVE or member.is_system or member.is_imported:
        raise Refused(_("There is no such member."), field="member")
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    known = Testimonial.objects.filter(member=member, state=State.ASKED).first()
    if known is not None:
        return known
    row = Testimonial.objects.create(
        member=member,
        state=State.ASKED,
        asked_by_id=viewer.member_id,
        ask_note=_line(note, 400, "note"),
        created_at=now,
    )
    _record(activities.ASKED, row, viewer, now, member=member.pk)
    return row


@transaction.atomic
def give(*, viewer: Viewer, words: Words, now: datetime, asked: Testimonial | None = None) -> Testimonial:
    """Give some words and agree to where they may stand. They wait for staff before anybody sees them."""
    require(policies.can_give(viewer), _("Please sign in first."))
    columns = _checked(viewer, words, now=now)
    Member.objects.select_for_update(of=("self",)).get(pk=viewer.own_id)
    if asked is not None:
        asked = Testimonial.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        require(asked.member_id == viewer.own_id and asked.state == State.ASKED, _("This was answered already."))
    elif Testimonial.objects.filter(member_id=viewer.own_id, state=State.GIVEN).count() >= MOST_OPEN:
        raise Refused(_("Some words of yours are still waiting. Please let the team look at them first."))
    row = asked or Testimonial(member_id=viewer.own_id, created_at=now)
    for name, value in {**columns, "state": State.GIVEN, "consented_at": now, "lang": viewer.language}.items():
        setattr(row, name, value)
    row.save()
    _record(activities.GIVEN, row, viewer, now)
    return row


@transaction.atomic
def decide(*, viewer: Viewer, testimonial: Testimonial, is_approved: bool, now: datetime) -> Testimonial:
    """Approve what was given, or do not take it."""
    require(policies.can_decide(viewer), _("Only owners and admins may do this."))
    row = Testimonial.objects.select_for_update(of=("self",)).get(pk=testimonial.pk)
    if row.state not in (State.GIVEN, State.APPROVED, State.DECLINED):
        raise Refused(_("The member has taken these words back, or has not given any yet."))
    row.state = State.APPROVED if is_approved else State.DECLINED
    row.decided_by_id, row.decided_at = viewer.member_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _record(activities.APPROVED if is_approved else activities.DECLINED, row, viewer, now)
    bump_generation(CONTENT)
    return row


@transaction.atomic
def withdraw(*, viewer: Viewer, testimonial: Testimonial, now: datetime) -> None:
    """Take one's words back: from this moment they stand nowhere, kept pages included."""
    require(policies.can_give(viewer), _("Please sign in first."))
    row = Testimonial.objects.select_for_update(of=("self",)).get(pk=testimonial.pk)
    require(row.member_id == viewer.own_id, _("Only the person who gave these words may take them back."))
    if row.state == State.WITHDRAWN:
        return
    row.state, row.withdrawn_at = State.WITHDRAWN, now
    row.save(update_fields=["state", "withdrawn_at"])
    _record(activities.WITHDRAWN, row, viewer, now)
    bump_generation(CONTENT)


@transaction.atomic
def drop_expired(*, today: date) -> int:
    """Let kept pages forget what has run out by today; queries leave it out by themselves. Returns how many there are."""
    ended = Testimonial.objects.filter(state=State.APPROVED, until__lt=today).count()
    if ended:
        bump_generation(CONTENT)
    return ended


@transaction.atomic
def erase_person(person: Member) -> int:
    """Take a person's words out; that somebody agreed and withdrew stays without whom and what. Returns how many."""
    rows = Testimonial.objects.filter(member=person)
    blanked = rows.update(member=None, text="", shown_name="", shown_company="", ask_note="", state=State.WITHDRAWN)
    Testimonial.objects.filter(asked_by=person).update(asked_by=None)
    Testimonial.objects.filter(decided_by=person).update(decided_by=None)
    bump_generation(CONTENT)
    return blanked


def _checked(viewer: Viewer, words: Words, *, now: datetime) -> dict[str, Any]:
    if not (words.in_community or words.on_site or words.in_sales):
        raise Refused(_("Please choose at least one place."), field="places")
    if words.until is not None and words.until < local_day(now):
        raise Refused(_("The last day lies in the past."), field="until")
    if not words.wording:
        raise Refused(_("Please agree to how your words may be used."), field="agreed")
    return {
        "text": _screened(viewer, _line(words.text, LONGEST, "text", required=True), "text"),
        "shown_name": _screened(viewer, _line(words.shown_name, 80, "shown_name", required=True), "shown_name"),
        "shown_company": _screened(viewer, _line(words.shown_company, 120, "shown_company"), "shown_company"),
        "in_community": words.in_community,
        "on_site": words.on_site,
        "in_sales": words.in_sales,
        "until": words.until,
        "wording": words.wording,
    }


def _screened(viewer: Viewer, text: str, field: str) -> str:
    verdict = screen(text=text, viewer=viewer)
    if verdict.refused_for:
        raise Refused(_("This contains a word that may not be used here."), field=field)
    return verdict.text


def _line(text: str, longest: int, field: str, *, required: bool = False) -> str:
    text = " ".join(_CONTROLS.sub(" ", text).split())
    if required and not text:
        raise Refused(_("Please fill this in."), field=field, code="empty")
    if len(text) > longest:
        raise Refused(_("This is too long."), field=field, code="too_long")
    return text


def _record(what: Any, row: Testimonial, viewer: Viewer, now: datetime, **props: Any) -> None:
    record(what, actor_id=viewer.member_id, object_type="testimonial", object_id=row.pk, at=now, props=props)
