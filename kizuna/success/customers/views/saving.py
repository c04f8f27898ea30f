"""What every form of the desk does: check, act, show the refusal at its field or go on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kizuna.base.web.opened import Opened, Overtaken, overtaken_words
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request


@dataclass(frozen=True)
class Standing:
    """What a form shows of something as it stands, and what it is opened on."""

    initial: dict[str, Any]
    opened: Opened


def saved(
    request: Request,
    form: Any,
    *,
    act: Callable[[], str],
    title: str,
    back: str,
    done: str,
    note: str = "",
    label: str = "",
    fields: Sequence[Any] = (),
    standing: Callable[[], Standing] | None = None,
) -> HttpResponse:
    """Show a form, or act on it and go to the address that `act` returns. A refused form keeps what was typed.

    `standing` reads how what is changed stands now: for forms whose action compares what they were opened on.
    """
    context = {"form": form, "title": title, "back": back, "note": note, "save_label": label, "fields": fields}
    outcome = acted(request, form, act=act, done=done, standing=standing)
    if isinstance(outcome, HttpResponse):
        return outcome
    return render(request, "customers/form.html", context | outcome, status=status_of(form, outcome))


def acted(
    request: Request, form: Any, *, act: Callable[[], str], done: str, standing: Callable[[], Standing] | None
) -> HttpResponse | dict[str, Any]:
    """Act on a form that was sent and go on, or return what its page says of what it was opened on."""
    if request.method == "POST" and form.is_valid():
        try:
            address = act()
        except Refused as refused:
            form.refuse(refused)
        except Overtaken as overtaken:
            assert standing is not None
            now = standing()
            return {"opened": now.opened, "overtaken": overtaken_words(form, overtaken.changes, now.initial)}
        else:
            messages.success(request, done)
            return redirect(address)
    sent = Opened.read(request.POST)
    return {"opened": sent or (standing().opened if standing and request.method == "GET" else "")}


def status_of(form: Any, outcome: Mapping[str, Any]) -> int:
    """Return the status of a form that is shown: 409 where somebody else was first, 422 where something is to be corrected."""
    if "overtaken" in outcome:
        return 409
    return 422 if form.errors else 200
