"""What asks the same as an inquiry, and one answer for all of them; the groups that grow."""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.knowledge.policies import can_edit
from kizuna.success.answering import actions, forms, policies, queries, wording
from kizuna.success.answering.actions import batching
from kizuna.success.answering.actions.batching import Chosen
from kizuna.success.answering.queries import Similar
from kizuna.success.answering.queries.similar import USUAL, is_waiting
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.inbox import doors, looks
from kizuna.success.inbox import queries as inbox
from kizuna.success.inbox import wording as inbox_words
from kizuna.success.inbox.models import Inquiry


@require_GET
@readers
def growing(request: Request) -> HttpResponse:
    """Show which questions came in most in the last days."""
    days = _days(request, usual=7)
    now = timezone.now()
    groups, is_cut = queries.growing(request.viewer, now=now, days=days)
    context = {
        "groups": groups,
        "is_cut": is_cut,
        "days": days,
        "choices": queries.DAYS,
        "url": reverse("answering:growing"),
    }
    return render(request, "answering/growing.html", context)


@require_GET
@readers
def similar(request: Request, inquiry_id: int) -> HttpResponse:
    """Show what asks the same as an inquiry."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    batch = whole(request.GET.get("batch"))
    common, lines, picked = "", {}, None
    if batch is not None:  # taken back: what was written is there again
        before = queries.batch_for(request.viewer, batch)
        common = before.common
        lines = dict(before.items.values_list("inquiry_id", "line"))
        picked = set(lines)
    form = forms.TogetherForm(initial={"common": common})
    return _page(request, found, form=form, lines=lines, picked=picked)


@require_POST
@workers
def take_out(request: Request, inquiry_id: int) -> HttpResponse:
    """Say that some ask something else, or take that back."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    back, again = "back" in request.POST, _ids(request, "out")
    if not again:
        messages.error(request, _("Please choose inquiries first."))
    else:
        count = actions.remove_similar(
            viewer=request.viewer, inquiry=found, ids=again, now=timezone.now(), again=back
        )  # fmt: skip
        words = (
            ngettext("%(n)d inquiry belongs to it again.", "%(n)d inquiries belong to it again.", count)
            if back
            else ngettext("%(n)d inquiry was taken out.", "%(n)d inquiries were taken out.", count)
        )
        messages.success(request, words % {"n": count})
    return redirect(f"{reverse('answering:similar', args=[found.pk])}?{urlencode({'days': _days(request)})}")


@require_http_methods(["POST"])
@workers
def together(request: Request, inquiry_id: int) -> HttpResponse:
    """Show what each of those who were chosen would read, then hold the answers."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    ids = _ids(request, "pick")
    lines = {pk: request.POST.get(f"line-{pk}", "") for pk in ids}
    chosen = [Chosen(pk, lines[pk], whole(request.POST.get(f"seen-{pk}"))) for pk in ids]
    form = forms.TogetherForm(request.POST)
    if not form.is_valid() or "edit" in request.POST:
        status = 200 if "edit" in request.POST else 422
        return _page(request, found, form=form, lines=lines, picked=set(ids), status=status)
    common = form.cleaned_data["common"]
    try:
        if "send" in request.POST:
            key = request.POST.get("key", "")[: batching.LONGEST_KEY] or secrets.token_hex(16)
            batch = actions.answer_many(
                viewer=request.viewer, about=found, common=common, chosen=chosen, key=key, now=timezone.now()
            )
            messages.success(request, _("The answers will be sent in 30 seconds. Until then they can be taken back."))
            return redirect("answering:batch", batch.pk)
        batching.text_checked(common, chosen)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, found, form=form, lines=lines, picked=set(ids), status=422)
    return _preview(request, found, common, chosen)


def _preview(request: Request, found: Inquiry, common: str, chosen: list[Chosen]) -> HttpResponse:
    rows = inbox.inquiries_visible_to(request.viewer).select_related("account", "contact", "member", "account__owner")
    known = rows.in_bulk([one.inquiry_id for one in chosen])
    items = []
    for one in chosen:
        row = known.get(one.inquiry_id)
        if row is None:
            continue
        seen = batching.last_message(row)
        why = batching.not_now(row, seen=seen)
        items.append(
            {
                "row": row,
                "sender": looks.sender_of(row, request.viewer),
                "text": batching.composed(common, one.line, viewer=request.viewer, inquiry=row),
                "line": one.line,
                "seen": seen,
                "way": wording.way_of(row, doors.door_of(row)),
                "is_public": row.channel in wording.IN_PUBLIC,
                "why": wording.WHY[why[0]] if why else "",
            }
        )
    context = {
        "inquiry": found,
        "common": common,
        "items": items,
        "count": sum(not item["why"] for item in items),
        "days": _days(request),
        "key": secrets.token_hex(16),
        "crumbs": _crumbs(found),
    }
    return render(request, "answering/preview.html", context)


def _page(
    request: Request,
    found: Inquiry,
    *,
    form: forms.TogetherForm,
    lines: dict[int, str],
    picked: set[int] | None,
    status: int = 200,
) -> HttpResponse:
    days, now = _days(request), timezone.now()
    alike = queries.similar_to(request.viewer, found, days=days, now=now)
    rows = [_row(request, row, alike, lines, picked) for row in alike.rows]
    context = {
        "inquiry": found,
        "alike": alike,
        "rows": rows,
        "answerable": [row for row in rows if row["may_pick"]],
        "apart": [row for row in rows if row["is_apart"] and row["may_pick"]],
        "channels": [(inbox_words.CHANNELS[Inquiry.Channel(name)], count) for name, count in alike.channels],
        "first": min(row.received_at for row in alike.rows),
        "last": max(row.received_at for row in alike.rows),
        "hours": _hours(alike.minutes_all),
        "hours_waiting": _hours(alike.minutes_waiting),
        "hours_answered": _hours(alike.minutes_all - alike.minutes_waiting),
        "answered": len(alike.rows) - len(alike.waiting),
        "to_call": sum(row["is_to_call"] and row["is_waiting"] for row in rows),
        "form": form,
        "days": days,
        "choices": queries.DAYS,
        "url": reverse("answering:similar", args=[found.pk]),
        "may_work": policies.can_work(request.viewer),
        "may_write_faq": can_edit(request.viewer),
        "crumbs": _crumbs(found),
    }
    return render(request, "answering/similar.html", context, status=status)


def _row(
    request: Request, row: Inquiry, alike: Similar, lines: dict[int, str], picked: set[int] | None
) -> dict[str, Any]:
    waits = is_waiting(row)
    is_apart = waits and forms.is_apart(row, queries.text_of(row))
    is_to_call = row.pk in alike.to_call
    may_pick = waits and row.pk not in alike.on_its_way and not is_to_call
    return {
        "row": row,
        "sender": looks.sender_of(row, request.viewer),
        "state": looks.state_of(row, language=request.viewer.language),
        "channel": inbox_words.CHANNELS[Inquiry.Channel(row.channel)],
        "way": wording.way_of(row, doors.door_of(row)) if may_pick else "",
        "minutes": alike.minutes.get(row.pk, 0),
        "may_pick": may_pick,
        "is_waiting": waits,
        "is_apart": is_apart,
        "is_on_its_way": row.pk in alike.on_its_way,
        "is_to_call": is_to_call,
        "is_picked": may_pick and (row.pk in picked if picked is not None else not is_apart),
        "line": lines.get(row.pk, ""),
    }


def _ids(request: Request, name: str) -> list[int]:
    given = (whole(text) for text in request.POST.getlist(name)[: 2 * batching.MOST])
    return list(dict.fromkeys(number for number in given if number is not None))


def _days(request: Request, *, usual: int = USUAL) -> int:
    days = whole(request.GET.get("days") or request.POST.get("days"))
    return days if days in queries.DAYS else usual


def _hours(minutes: int) -> str:
    """Return hours with one place: 6.5."""
    return f"{minutes / 60:.1f}"


def _crumbs(found: Inquiry) -> list[dict[str, str]]:
    return [
        {"label": _("Inbox"), "url": reverse("inbox:inquiries")},
        {"label": found.title, "url": reverse("inbox:inquiry", args=[found.pk])},
    ]
