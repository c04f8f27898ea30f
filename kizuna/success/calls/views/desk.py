"""Calls on the desk: the list, written down, read, changed, removed and brought back."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.api.paging import BadCursor
from kizuna.base.web.numbers import whole
from kizuna.base.web.opened import Opened
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.calls import actions, policies, queries, wording
from kizuna.success.calls.forms import CallForm
from kizuna.success.calls.models import Call
from kizuna.success.calls.queries import CallFilter
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries import visible
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.customers.views.saving import Standing, saved
from kizuna.success.encounters import wording as encounter_words
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.queries import inquiry_for

EITHER = ["GET", "POST"]


@readers
@require_GET
def calls(request: Request) -> HttpResponse:
    """Show a part of the list of calls, the latest first."""
    wanted = CallFilter.of(request.GET)
    try:
        found, after = queries.page_of(request.viewer, wanted, after=request.GET.get("after", "")[:400])
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": [_row(request, row) for row in found],
        "wanted": wanted,
        "tabs": _tabs(wanted),
        "next_url": f"?{urlencode({**wanted.query(), 'after': after})}" if after else "",
        "may_work": policies.can_work(request.viewer),
        "may_keep": policies.can_keep_sources(request.viewer),
    }
    return render(request, "calls/calls.html", context)


@workers
@require_http_methods(EITHER)
def new_call(request: Request) -> HttpResponse:
    """Write a call down, with the customer or for the inquiry that the address names."""
    inquiry = _inquiry(request)
    chosen = whole(request.GET.get("account"))
    account = (
        visible.account_for(request.viewer, chosen) if chosen is not None else inquiry.account if inquiry else None
    )
    if account is None and inquiry is None:
        return redirect(f"{reverse('customers:find')}?then=call")
    initial = _begun(request, account, inquiry)
    form = CallForm(
        request.POST or None, account=account, has_inquiry=inquiry is not None and not inquiry.is_closed,
        sees_number=_sees(request), initial=initial,
    )  # fmt: skip
    back = reverse("inbox:inquiry", args=[inquiry.pk]) if inquiry else reverse("customers:timeline", args=[account.pk])  # type: ignore[union-attr]

    def act() -> str:
        fields = form.values()
        actions.log_call(viewer=request.viewer, account=account, fields=fields, inquiry=inquiry, now=timezone.now())
        return back

    note = account.name if account else f"#{inquiry.pk} {inquiry.title}" if inquiry else ""
    return saved(
        request, form, act=act, title=_("Log a call"), back=back, done=_("The call was written down."), note=note
    )


@readers
@require_GET
def call(request: Request, call_id: int) -> HttpResponse:
    """Show a call: with whom, how it went, what was said, what it was before."""
    found = queries.call_for(request.viewer, call_id)
    context = {
        **_row(request, found),
        "direction": wording.DIRECTIONS[Call.Direction(found.direction)],
        "outcome": wording.outcome_of(found),
        "people": encounter_words.people_of(found.encounter) if found.encounter else {},
        "versions": [(row, wording.version_words(row.state)) for row in queries.versions_of(found)],
        "candidates": queries.candidates(found),
        "may_work": policies.can_work(request.viewer),
        "may_change": policies.can_change(request.viewer, found),
    }
    return render(request, "calls/call.html", context)


@workers
@require_http_methods(EITHER)
def edit_call(request: Request, call_id: int) -> HttpResponse:
    """Change what is written of a call."""
    found = queries.call_for(request.viewer, call_id)
    form = CallForm(
        request.POST or None, account=found.account if found.encounter else None, call=found,
        sees_number=_sees(request), initial=CallForm.initial_from(found),
    )  # fmt: skip
    back = reverse("calls:call", args=[found.pk])

    def act() -> str:
        opened = Opened.read(request.POST)
        actions.edit_call(viewer=request.viewer, call=found, fields=form.values(), now=timezone.now(), opened=opened)
        return back

    def standing() -> Standing:
        now = queries.call_for(request.viewer, call_id)
        return Standing(CallForm.initial_from(now), queries.call_opened(now))

    note = wording.whom_of(found)
    title = _("Change the call")
    return saved(request, form, act=act, title=title, back=back, done=_("Saved."), note=note, standing=standing)


@workers
@require_POST
def place_call(request: Request, call_id: int) -> HttpResponse:
    """Say with which customer a call was."""
    found = queries.call_for(request.viewer, call_id)
    account = _account(request)
    try:
        if account is None:
            raise Refused(_("There is no customer with this number."))
        actions.place_call(viewer=request.viewer, call=found, account=account, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Saved."))
    return redirect("calls:call", found.pk)


@workers
@require_POST
def remove_call(request: Request, call_id: int) -> HttpResponse:
    """Take a call out of sight, or bring it back."""
    try:
        if "undo" in request.POST:
            removed = queries.removed_call_for(request.viewer, call_id)
            actions.restore_call(viewer=request.viewer, call=removed, now=timezone.now())
            messages.success(request, _("The call is back."))
            return redirect("calls:call", call_id)
        found = queries.call_for(request.viewer, call_id)
        actions.remove_call(viewer=request.viewer, call=found, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("calls:call", call_id)
    messages.success(
        request, _("The call was removed."), extra_tags=f"undo:{reverse('calls:removal', args=[call_id])} undo=1"
    )
    return redirect("calls:calls")


def _inquiry(request: Request) -> Inquiry | None:
    number = whole(request.GET.get("inquiry"))
    return inquiry_for(request.viewer, number) if number is not None else None


def _account(request: Request) -> Account | None:
    """Return the customer that was chosen, or whose own number was typed."""
    accounts = visible.accounts_visible_to(request.viewer)
    if number := whole(request.POST.get("account")):
        return accounts.filter(pk=number).first()
    typed = request.POST.get("external_id", "")[:120].strip()
    return accounts.filter(external_id=typed).first() if typed else None


def _begun(request: Request, account: Account | None, inquiry: Inquiry | None) -> dict[str, Any]:
    """Return what stands in a new form: now, oneself, and the number that called."""
    number = ""
    if inquiry is not None and inquiry.channel in (Inquiry.Channel.MISSED, Inquiry.Channel.PHONE):
        number = inquiry.sender
    elif inquiry is not None and inquiry.contact is not None:
        number = inquiry.contact.phone
    elif account is not None:
        number = account.phone
    return {
        "direction": Call.Direction.OUT,
        "outcome": Call.Outcome.REACHED,
        "at": timezone.localtime(),
        "number": number if _sees(request) else "",
        "title": inquiry.title if inquiry else "",
        "members": [str(request.viewer.member_id)],
        "contacts": [str(inquiry.contact_id)] if inquiry and inquiry.contact_id else [],
        "visibility": "internal",
    }


def _sees(request: Request) -> bool:
    return seeing.sees(request.viewer, seeing.CONTACT)


def _row(request: Request, row: Call) -> dict[str, Any]:
    words, tone, icon = wording.state_of(row)
    return {
        "call": row,
        "words": words,
        "tone": tone,
        "icon": icon,
        "number": queries.number_seen(request.viewer, row),
        "is_withheld": not row.number and bool(row.external_id),
        "length": wording.length_of(row),
        "about": row.encounter.title if row.encounter else row.note.partition("\n")[0],
    }


def _tabs(wanted: CallFilter) -> list[dict[str, Any]]:
    labels = {
        "all": _("All"),
        "missed": _("Missed calls"),
        "mine": pgettext("call", "Mine"),
        "unknown": _("Customer unknown"),
    }
    kept = {"q": wanted.text} if wanted.text else {}
    return [
        {"label": label, "url": "?" + urlencode({"view": view, **kept}), "is_current": view == wanted.view}
        for view, label in labels.items()
    ]
