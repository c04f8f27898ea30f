"""What every form of the desk does: check, act, show the refusal at its field or go on."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request


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
) -> HttpResponse:
    """Show a form, or act on it and go to the address that `act` returns. A refused form keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            address = act()
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, done)
            return redirect(address)
    context = {"form": form, "title": title, "back": back, "note": note, "save_label": label, "fields": fields}
    return render(request, "customers/form.html", context, status=422 if form.errors else 200)
