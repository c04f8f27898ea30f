"""What forms do that two people may have open at once: check, act, show a refusal at its field, or who was first."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from kizuna.base.web.opened import Opened, Overtaken, Standing, overtaken_words
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

TOO_MANY = {"too_many", "too_many_login_attempts"}  # our own word, and allauth's


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
    return {"opened": opened_on(request, standing)}


def opened_on(request: Request, standing: Callable[[], Standing] | None) -> Opened | str:
    """Return what a form was opened on: what it says itself, or how things stand when it is opened."""
    sent = Opened.read(request.POST)
    return sent or (standing().opened if standing and request.method == "GET" else "")


def status_of(form: Any, outcome: Mapping[str, Any]) -> int:
    """Return the status of a form that is shown: 409 where somebody else was first, 422 where something is to be corrected."""
    return 409 if "overtaken" in outcome else shown_status(form)


def shown_status(*forms: Any) -> int:
    """Return the status of forms that are shown: 429 after too many attempts, 422 where something is to be corrected."""
    codes = {error.code for form in forms for errors in form.errors.as_data().values() for error in errors}
    if codes & TOO_MANY:
        return 429
    return 422 if codes else 200
