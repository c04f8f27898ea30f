"""Studio: invitations, one by one and by file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.tables import csv_lines
from kizuna.core.members import actions, queries
from kizuna.core.members.forms.studio import BatchForm, InviteForm
from kizuna.core.members.gates import managers
from kizuna.core.members.models import Invitation, InvitationBatch
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.wording import ROLE_NAMES, ROW_FAULTS

BATCH_IDS = "id_batch_%s"  # the form beside it has a role, too
PAGE = 50
SHOWN_ERRORS = 100


@managers
@require_http_methods(["GET", "POST"])
def invitations(request: Request) -> HttpResponse:
    """Invite one person; list what was sent and what became of it."""
    form = InviteForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("members:studio-invitations")
    return _list_page(request, form=form)


@managers
@require_POST
def send_again(request: Request, invitation_id: int) -> HttpResponse:
    """Send the mail once more."""
    actions.send_invitation_again(viewer=request.viewer, invitation_id=invitation_id, now=timezone.now())
    messages.success(request, _("The invitation is on its way."))
    return redirect("members:studio-invitations")


@managers
@require_POST
def cancel(request: Request, invitation_id: int) -> HttpResponse:
    """Make the link worthless."""
    actions.cancel_invitation(viewer=request.viewer, invitation_id=invitation_id, now=timezone.now())
    messages.success(request, _("The invitation was cancelled."))
    return redirect("members:studio-invitations")


@managers
@require_POST
def new_batch(request: Request) -> HttpResponse:
    """Take a file of addresses."""
    form = BatchForm(request.POST, request.FILES, viewer=request.viewer, auto_id=BATCH_IDS)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            batch = actions.start_batch(
                viewer=request.viewer,
                file_name=sent.name,
                content=sent.read(),
                role=form.cleaned_data["role"],
                now=timezone.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("members:studio-batch", batch.pk)
    return _list_page(request, batch_form=form)


@managers
@require_GET
def batch(request: Request, batch_id: int) -> HttpResponse:
    """Show how far the work on a file has come and which rows were not invited."""
    row = queries.batch_for(batch_id)
    is_done = row.state == InvitationBatch.State.DONE
    context = {
        "batch": row,
        "is_done": is_done,
        "percent": 100 * row.next_row / row.row_count if row.row_count else 100,
        "errors": [_fault(error) for error in row.errors[:SHOWN_ERRORS]],
        "more_errors": max(0, len(row.errors) - SHOWN_ERRORS),
    }
    response = render(request, "members/studio_batch.html", context)
    if not is_done:
        response["Refresh"] = "3"  # progress without a script
    return response


@managers
@require_GET
def batch_errors(request: Request, batch_id: int) -> HttpResponse:
    """Hand out the rows that were not invited as a file."""
    row = queries.batch_for(batch_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="invitations-{row.pk}-errors.csv"'
    lines = ([error["line"], error["email"], str(_fault(error)["reason"])] for error in row.errors)
    response.writelines(csv_lines(["line", "email", "reason"], lines))
    return response


def _fault(error: dict[str, Any]) -> dict[str, Any]:
    return {**error, "reason": ROW_FAULTS.get(error["reason"], error["reason"])}


def _list_page(
    request: Request, *, form: InviteForm | None = None, batch_form: BatchForm | None = None
) -> HttpResponse:
    now, viewer = timezone.now(), request.viewer
    text, state = request.GET.get("q", "")[:100], request.GET.get("state", "")
    page = Paginator(queries.invitations(state=state, text=text, now=now), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form or InviteForm(viewer=viewer, initial={"language": viewer.language}),
        "batch_form": batch_form or BatchForm(viewer=viewer, auto_id=BATCH_IDS),
        "lines": [_line(invitation, now=now) for invitation in page],
        "page": page,
        "text": text,
        "filters": _filters(state, text),
        "batches": queries.batches(),
        "mode": queries.joining_mode(),
    }
    refused = any(shown is not None and shown.errors for shown in (form, batch_form))
    return render(request, "members/studio_invitations.html", context, status=422 if refused else 200)


def _line(invitation: Invitation, *, now) -> dict[str, Any]:
    state, tone = _("waiting for an answer"), ""
    if invitation.accepted_at:
        state, tone = _("joined"), "good"
    elif invitation.cancelled_at:
        state, tone = _("cancelled"), "line"
    elif invitation.expires_at <= now:
        state, tone = _("expired"), "warn"
    elif invitation.sent_at is None:
        state, tone = _("being sent"), "line"
    return {
        "row": invitation,
        "role": ROLE_NAMES.get(invitation.role, ""),
        "state": state,
        "tone": tone,
        "is_open": invitation.is_open,
    }


def _filters(current: str, text: str) -> list[dict[str, Any]]:
    names = {
        "": _("All"),
        "open": _("Waiting for an answer"),
        "accepted": _("Joined"),
        "expired": _("Expired"),
        "cancelled": _("Cancelled"),
    }
    return [
        {
            "label": label,
            "url": "?" + urlencode({key: value for key, value in (("state", state), ("q", text)) if value}),
            "is_current": state == current,
        }
        for state, label in names.items()
    ]
