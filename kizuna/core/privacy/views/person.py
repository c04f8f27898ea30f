"""Desk: one person's consents and requests."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.registry import Person
from kizuna.base.registry import personal as people
from kizuna.core.audit import actions as audit
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.gates import signed_in
from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import consents_of_person
from kizuna.core.members.requests import Request
from kizuna.core.members.wording import described_decision
from kizuna.core.privacy import actions, policies
from kizuna.core.privacy.forms import ConsentForm
from kizuna.core.privacy.queries import requests
from kizuna.core.privacy.queries.consents import PROMOTIONAL, consent_lines, why_not_mail
from kizuna.core.privacy.queries.people import is_there
from kizuna.core.privacy.wording import KINDS, MAIL_REASONS, STATES, TONES

SHOWN = 50


@require_http_methods(["GET", "POST"])
@signed_in
def contact(request: Request, contact_id: int) -> HttpResponse:
    """Show a contact's consents and requests, and write down what came in."""
    return _page(request, Person(contact_id=contact_id), "contact", contact_id)


@require_http_methods(["GET", "POST"])
@signed_in
def member(request: Request, member_id: int) -> HttpResponse:
    """Show a member's consents and requests, and write down what came in."""
    return _page(request, Person(member_id=member_id), "member", member_id)


def _page(request: Request, person: Person, kind: str, number: int) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    if not requests.is_team(viewer) or not is_there(person):
        raise Http404
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _recorded(request, person, form):
        messages.success(request, _("Saved."))
        return redirect(f"privacy:{kind}", number)
    audit.note_viewing(actor_id=viewer.member_id, page="consents", subject=(kind, number), now=now)
    person = people.completed(person)
    asked = requests.requests_visible_to(viewer).filter(**{f"{kind}_id": number}).order_by("-id")[:20]
    context = {
        "name": person.name,
        "kind": kind,
        "who": f"contact:{number}" if kind == "contact" else "",
        "lines": consent_lines(person, now=now),
        "why_not": MAIL_REASONS.get(why_not_mail(person, purpose=PROMOTIONAL, now=now), ""),
        "history": [described_decision(row) for row in consents_of_person(person)[:SHOWN]],
        "requests": [
            {"row": row, "kind": KINDS[row.kind], "state": STATES[row.state], "tone": TONES[row.state]} for row in asked
        ],
        "form": form,
        "may_record": policies.can_record(viewer),
    }
    return render(request, "privacy/person.html", context, status=422 if form.errors else 200)


def _recorded(request: Request, person: Person, form: ConsentForm) -> bool:
    said: dict[str, Any] = dict(form.cleaned_data)
    zone, now = ZoneInfo(community.setting(keys.TIME_ZONE)), timezone.now()
    day = said.pop("decided_on")
    # A decision of today counts from this moment: it is the newest word.
    moment = now if day == now.astimezone(zone).date() else datetime.combine(day, time(), tzinfo=zone)
    try:
        actions.record_consent(
            viewer=request.viewer,
            person=person,
            decided_at=moment,
            now=now,
            **{**said, "is_given": said["is_given"] == "yes"},
        )
    except Refused as refused:
        form.refuse(refused)
        return False
    return True
