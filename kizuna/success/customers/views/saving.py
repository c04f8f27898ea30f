"""What every form of the desk does: check, act, show the refusal at its field or go on."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kizuna.base.web.opened import Standing
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import acted, status_of


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
