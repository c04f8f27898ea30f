"""Studio: members, their roles and states, and those who wait."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import registry
from kizuna.base.hosting import links
from kizuna.core.audit import actions as audit
from kizuna.core.community import queries as community
from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions, mails, policies, queries
from kizuna.core.members.forms.attributes import AnswersForm
from kizuna.core.members.forms.studio import DeclineForm, SuspendForm, roles_for
from kizuna.core.members.gates import managers, signed_in
from kizuna.core.members.models import Member, Role
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.requests import Request
from kizuna.core.members.settings import STAFF_SECOND_PROOF
from kizuna.core.members.views.saving import shown_status
from kizuna.core.members.wording import DEEDS, KIND_NAMES, ROLE_NAMES, STATE_NAMES

PAGE = 50


@signed_in
@require_GET
def members(request: Request) -> HttpResponse:
    """Search and list members; those who wait for an answer come first."""
    _require_staff(request)
    text, state = request.GET.get("q", "")[:100], request.GET.get("state", "")
    found = Paginator(queries.members_for_studio(text=text, state=state), PAGE)
    page = found.get_page(request.GET.get("page"))
    context = {
        "people": [_line(member) for member in page],
        "page": page,
        "text": text,
        "states": _states(state, text),
        "requests": queries.join_requests()[:PAGE] if policies.can_manage(request.viewer) else [],
        "may_manage": policies.can_manage(request.viewer),
        "may_own": policies.can_own(request.viewer),
        "asks_second_proof": community.setting(STAFF_SECOND_PROOF),
    }
    return render(request, "members/studio_members.html", context)


@managers
@require_POST
def second_proof(request: Request) -> HttpResponse:
    """Ask the team for a second proof, or stop asking."""
    actions.ask_second_proof(viewer=request.viewer, is_asked="is_asked" in request.POST, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("members:studio-members")


@signed_in
@require_GET
def member(request: Request, member_id: int) -> HttpResponse:
    """Show one member to the team: roles, state, what staff did."""
    _require_staff(request)
    person = queries.member_for_studio(member_id)
    audit.note_viewing(
        actor_id=request.viewer.member_id, page="member", subject=("member", person.pk), now=timezone.now()
    )
    return _member_page(request, person, SuspendForm())


@managers
@require_POST
def roles(request: Request, member_id: int) -> HttpResponse:
    """Give the roles that are ticked and take those that are not; roles the viewer may not give stay untouched."""
    person = queries.member_for_studio(member_id)
    wanted, held = set(request.POST.getlist("role")), {grant.role for grant in person.role_grants.all()}
    try:
        for role, _name in roles_for(request.viewer):
            if role in wanted - held:
                actions.grant_role(viewer=request.viewer, member_id=member_id, role=role, now=timezone.now())
            elif role in held - wanted:
                actions.revoke_role(viewer=request.viewer, member_id=member_id, role=role, now=timezone.now())
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return redirect("members:studio-member", member_id)


@signed_in
@require_POST
def answers(request: Request, member_id: int) -> HttpResponse:
    """Fill in what is known of a member."""
    _require_staff(request)
    person = queries.member_for_studio(member_id)
    form = _answers_form(request, person, request.POST)
    if form.is_valid():
        try:
            actions.set_answers(viewer=request.viewer, member_id=member_id, answers=form.answers(), now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:studio-member", member_id)
    return _member_page(request, person, SuspendForm(), form)


@signed_in
@require_POST
def suspend(request: Request, member_id: int) -> HttpResponse:
    """Suspend a member."""
    _require_staff(request)
    person, form = queries.member_for_studio(member_id), SuspendForm(request.POST)
    if form.is_valid():
        try:
            actions.suspend_member(
                viewer=request.viewer, member_id=member_id, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s was suspended.") % {"name": person.name})
            return redirect("members:studio-member", member_id)
    return _member_page(request, person, form)


@signed_in
@require_POST
def restore(request: Request, member_id: int) -> HttpResponse:
    """Lift a suspension."""
    _require_staff(request)
    actions.restore_member(viewer=request.viewer, member_id=member_id, now=timezone.now())
    messages.success(request, _("The suspension was lifted."))
    return redirect("members:studio-member", member_id)


@managers
@require_POST
def approve(request: Request, member_id: int) -> HttpResponse:
    """Let somebody in and tell them."""
    person = actions.approve_request(viewer=request.viewer, member_id=member_id, now=timezone.now())
    _tell(request, "approved", person, button_url=links.absolute_url(reverse("account_login")))
    messages.success(request, _("%(name)s is a member now.") % {"name": person.name})
    return redirect("members:studio-members")


@managers
@require_http_methods(["GET", "POST"])
def decline(request: Request, member_id: int) -> HttpResponse:
    """Ask once more, then turn somebody down and tell them; what they told us is forgotten."""
    waiting, form = queries.join_request_of(member_id), DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = actions.decline_request(viewer=request.viewer, member_id=member_id, now=timezone.now())
        _tell(request, "declined", person, words=form.cleaned_data["words"])
        messages.success(request, _("The request was declined, and what they told us was forgotten."))
        return redirect("members:studio-members")
    context = {"form": form, "waiting": waiting}
    return render(request, "members/studio_decline.html", context, status=shown_status(form))


def _tell(request: Request, template: str, person: Member, **context) -> None:
    try:
        mails.send(template, to=person.email, language=person.language, name=person.name, **context)
    except mails.MailNotSent as refused:
        messages.warning(request, str(refused.reason))


def _require_staff(request: Request) -> None:
    viewer = request.viewer
    require(policies.can_manage(viewer) or policies.can_moderate(viewer), _("Only staff may open this page."))


def _line(member: Member) -> dict:
    return {
        "member": member,
        "roles": [ROLE_NAMES[grant.role] for grant in member.role_grants.all()],
        "state": STATE_NAMES[member.state] if member.state != Member.State.ACTIVE else "",
    }


def _deed(row: ManagerAction) -> dict:
    said = row.after or row.before
    detail = ROLE_NAMES.get(said, said) if isinstance(said, str) else ""
    return {"row": row, "what": DEEDS.get(row.action, row.action), "detail": detail}


def _states(current: str, text: str) -> list[dict]:
    counts = queries.member_counts()
    query = f"&q={text}" if text else ""
    shown = [{"label": _("All"), "url": f"?{query}", "is_current": not current, "count": 0}]
    for state, label in STATE_NAMES.items():
        shown.append(
            {
                "label": label,
                "url": f"?state={state}{query}",
                "is_current": state == current,
                "count": counts.get(state, 0),
            }
        )
    return shown


def _answers_form(request: Request, person: Member, said: Any = None) -> AnswersForm:
    viewer = request.viewer
    asked = [item for item in queries.attributes() if policies.can_answer(viewer, item, member_id=person.pk)]
    form = AnswersForm(said)
    form.ask(asked, language=viewer.language, answers=queries.all_answers(person.pk, asked))
    return form


def _member_page(
    request: Request, person: Member, form: SuspendForm, answers_form: AnswersForm | None = None
) -> HttpResponse:
    answers_form = answers_form or _answers_form(request, person)
    held = {grant.role for grant in person.role_grants.all()}
    may_give = dict(roles_for(request.viewer))
    context = {
        "person": person,
        "form": form,
        "answers_form": answers_form,
        "privacy": registry.by_name(registry.Fragment, "members.privacy")
        if policies.can_manage(request.viewer)
        else None,
        "may_view_as": policies.can_manage(request.viewer) and person.is_active,
        "state": STATE_NAMES[person.state],
        "roles": [
            {"role": role, "name": ROLE_NAMES[role], "is_held": role in held, "may_give": role in may_give}
            for role in Role.values
        ],
        "may_suspend": policies.can_suspend(request.viewer, roles=frozenset(held))
        and person.pk != request.viewer.member_id,
        "may_give": bool(may_give) and person.is_active,
        "audit": [_deed(row) for row in queries.audit_of(person)],
        "consents": [(KIND_NAMES[row.document.kind], row) for row in queries.consents_of(member_id=person.pk)[:6]],
    }
    return render(
        request, "members/studio_member.html", context, status=422 if form.errors or answers_form.errors else 200
    )
