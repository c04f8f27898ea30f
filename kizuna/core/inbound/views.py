"""Studio's look at mail that came in: what it became, what was set aside and why, and how it is received."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.registry import Target, by_name
from kizuna.core.audit import actions as audit
from kizuna.core.inbound import actions, queries, storage, wording
from kizuna.core.inbound.forms import BoxForm, SettingsForm
from kizuna.core.inbound.models import InboundMail
from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused, can_own
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries import may_see

State = InboundMail.State


@require_GET
@managers
def mails(request: Request) -> HttpResponse:
    """List what came in, newest first."""
    page = queries.page(viewer=request.viewer, state=request.GET.get("state", ""), after=request.GET.get("after", ""))
    here = reverse("inbound:mails")
    filters = [{"label": pgettext("mails", "All"), "url": here, "is_current": not page.state}]
    filters += [
        {"label": label, "url": f"{here}?state={state}", "is_current": state == page.state}
        for state, label in wording.STATES.items()
    ]
    context = {
        "rows": [_row(request, mail) for mail in page.items],
        "filters": filters,
        "next_url": f"{here}?state={page.state}&after={page.after}" if page.after else "",
        "late": queries.late_count(now=timezone.now()),
    }
    return render(request, "inbound/mails.html", context)


@require_GET
@managers
def mail(request: Request, mail_id: int) -> HttpResponse:
    """Show one mail: where it came from, what is proven, what became of it."""
    found = queries.mail_for(request.viewer, mail_id)
    is_readable = queries.may_read(found, viewer=request.viewer)
    if is_readable:
        audit.note_viewing(
            actor_id=request.viewer.member_id, page="inbound_mail", subject=("inbound_mail", found.pk),
            now=timezone.now(), action="inbound_mail.read",
        )  # fmt: skip
    context = {
        **_row(request, found),
        "crumbs": [{"label": _("Mail that came in"), "url": reverse("inbound:mails")}],
        "is_readable": is_readable,
        "dkim": wording.PROOFS[found.dkim],
        "spf": wording.PROOFS[found.spf],
        "door": wording.DOORS.get(found.door, found.door),
        "may_fetch": is_readable and bool(found.raw_key) and can_own(request.viewer),
        "may_take": found.state in {State.ASIDE, State.NOBODY} and bool(found.raw_key),
    }
    return render(request, "inbound/mail.html", context)


@require_GET
@managers
def original(request: Request, mail_id: int) -> HttpResponse:
    """Send the mail as it came, to owners; it is written down that they fetched it."""
    found = queries.mail_for(request.viewer, mail_id)
    if not can_own(request.viewer) or not found.raw_key or not queries.may_read(found, viewer=request.viewer):
        raise Http404
    try:
        raw = storage.read(found.raw_key)
    except FileNotFoundError:
        raise Http404 from None
    audit.note(
        "inbound_mail.fetched",
        actor_id=request.viewer.member_id,
        subject=("inbound_mail", found.pk),
        now=timezone.now(),
    )
    response = HttpResponse(raw, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="mail-{found.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@managers
def take(request: Request, mail_id: int) -> HttpResponse:
    """Take a mail that was set aside after all."""
    found = queries.mail_for(request.viewer, mail_id)
    try:
        after = actions.take_by_hand(viewer=request.viewer, mail=found, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        if after.state == State.TAKEN:
            messages.success(request, _("The mail was taken."))
        else:
            messages.warning(request, str(wording.why(after)))
    return redirect("inbound:mail", found.pk)


@require_http_methods(["GET", "POST"])
@managers
def settings(request: Request) -> HttpResponse:
    """Set how mail comes in."""
    form = SettingsForm(request.POST or None, initial=SettingsForm.initial_values())
    if request.method == "POST" and form.is_valid():
        actions.change_settings(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("inbound:settings")
    crumbs = [{"label": _("Mail that came in"), "url": reverse("inbound:mails")}]
    boxes = [
        {"box": box, "error": wording.box_error(box.error) if box.error else None}
        for box in queries.boxes_for(request.viewer)
    ]
    context = {"form": form, "crumbs": crumbs, "boxes": boxes}
    return render(request, "inbound/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers
def box(request: Request, box_id: int | None = None) -> HttpResponse:
    """Add a mailbox to look into, change one, or remove it."""
    found = queries.box_for(request.viewer, box_id) if box_id is not None else None
    if request.method == "POST" and found is not None and "remove" in request.POST:
        actions.remove_box(viewer=request.viewer, box=found, now=timezone.now())
        messages.success(request, _("The mailbox was removed."))
        return redirect("inbound:settings")
    form = BoxForm(request.POST or None, initial=BoxForm.initial_values(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_box(
                viewer=request.viewer, box=found, fields=form.fields_of(), password=form.cleaned_data["password"],
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved. It is being looked into."))
            return redirect("inbound:settings")
    crumbs = [{"label": _("How mail comes in"), "url": reverse("inbound:settings")}]
    context = {"form": form, "box": found, "crumbs": crumbs}
    return render(request, "inbound/box.html", context, status=422 if form.errors else 200)


def _row(request: Request, found: InboundMail) -> dict[str, Any]:
    state = State(found.state)
    return {
        "mail": found,
        "heading": found.subject or found.from_address or _("A mail that was not looked at yet"),
        "state": wording.STATES[state],
        "tone": wording.TONES.get(state, ""),
        "why": wording.why(found),
        "target_url": _target_url(request, found),
    }


def _target_url(request: Request, found: InboundMail) -> str:
    """Return the address of what a mail became, if the viewer may see it."""
    target = by_name(Target, found.target_type) if found.target_type else None
    if target is None or found.target_id is None:
        return reverse("notifications:mail", args=[found.target_id]) if found.target_type == "mail" else ""
    row = may_see(request.viewer, target_type=found.target_type, target_id=found.target_id)
    return target.url(row=row) if row is not None else ""
