"""Sign in and out: the address, the digits or the password, the passkey, the second step, and the way back."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import registry
from kizuna.core.members import actions, entrance, flow, queries
from kizuna.core.members.entrance import Purpose
from kizuna.core.members.forms.entrance import CodeForm, EmailForm, SecondStepForm, SignInForm
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import shown_status
from kizuna.core.members.wording import KIND_NAMES

JOINING = "joining"
MACHINE_WORD = re.compile(r"\d+|[a-z_]{1,20}")  # what a choice or a hidden field sends, not what somebody wrote


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Ask for the address; with a password sign in, without one send digits."""
    if request.viewer.is_member:
        return redirect(flow.safe_next(request) or "/")
    form = SignInForm(request.POST or None, initial={"email": request.GET.get("email", "")[:254]})
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["password"] and (elsewhere := _elsewhere(request, form)):
            return redirect(elsewhere)
        response = _with_password(request, form) if form.cleaned_data["password"] else _with_code(request, form)
        if response is not None:
            return response
    return _entrance_page(request, "members/signin.html", form)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: Request) -> HttpResponse:
    """Ask for the address of somebody who joins: step 1 of 3. Members who come here are led in as well."""
    if request.viewer.is_member:
        return redirect(flow.safe_next(request) or "/")
    form = EmailForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid():
        if elsewhere := _elsewhere(request, form):
            return redirect(elsewhere)
        response = _with_code(request, form)
        if response is not None:
            return response
    return _entrance_page(request, "members/signup.html", form, mode=queries.joining_mode())


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: Request) -> HttpResponse:
    """Ask for the digits of the mail: step 2 of 3."""
    now = timezone.now()
    awaited = entrance.under_way(request, purpose=Purpose.ENTER, now=now)
    if awaited is None:
        messages.warning(request, _("Please begin again: the code has run out."))
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entrance.check(request, awaited, typed=form.cleaned_data["code"], now=now)
        except entrance.CodeOver as refused:
            messages.warning(request, str(refused.reason))
            return redirect("account_login")
        except Refused as refused:
            form.refuse(refused)
        else:
            return _entered(request, awaited)
    context = {"form": form, "awaited": awaited, "wait": awaited.seconds_to_resend(now=now)}
    context["is_late"] = any(mail.is_late() for mail in registry.of(registry.MailDelay))
    return render(request, "members/code.html", context, status=shown_status(form))


@require_POST
def code_again(request: Request) -> HttpResponse:
    """Send new digits to the same address."""
    now = timezone.now()
    awaited = entrance.under_way(request, purpose=Purpose.ENTER, now=now)
    if awaited is None:
        return redirect("account_login")
    try:
        entrance.send_again(request, awaited, now=now)
        messages.success(request, _("A new code is on its way."))
    except Refused as refused:
        messages.warning(request, str(refused.reason))
    return redirect("members:code")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_out(request: Request) -> HttpResponse:
    """Ask, then end this device's sign-in."""
    viewer = request.viewer
    if request.method == "GET" and viewer.is_member:
        return render(request, "members/signout.html")
    if viewer.sign_in_id is not None and request.method == "POST":
        actions.revoke_sign_in(viewer=viewer, sign_in_id=viewer.sign_in_id, now=timezone.now())
        flow.end(request)
        asked = (door.signed_out(sign_in_id=viewer.sign_in_id) for door in registry.of(registry.EntranceDoor))
        return redirect(next(filter(None, asked), "/"))
    return redirect("/")


@never_cache
@require_GET
def resume(request: Request) -> HttpResponse:
    """Show again what was being sent when nobody was signed in; one press sends it."""
    if not request.viewer.is_member:
        return redirect("account_login")
    pending = flow.take_pending(request)
    if pending is None:
        return redirect("/")
    shown = [value for _name, value in pending.fields if len(value) > 1 and not MACHINE_WORD.fullmatch(value)]
    return render(request, "members/resume.html", {"pending": pending, "shown": shown})


@never_cache
@require_GET
def waiting(request: Request) -> HttpResponse:
    """Tell somebody who asked to join that the team is looking."""
    return render(request, "members/waiting.html", {"can_read": bool(request.viewer.audience_ids)})


@never_cache
@require_GET
def suspended(request: Request) -> HttpResponse:
    """Tell a suspended member, who has just proven who they are."""
    return render(request, "members/suspended.html")


class SecondStep(AuthenticateView):
    """Ask for the second proof of somebody who switched two-step sign-in on."""

    template_name = "members/second_step.html"
    form_class = SecondStepForm

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = shown_status(form)
        return response


class PasskeySignIn(LoginWebAuthnView):
    """Take the answer of a passkey. Reading it needs a script, so does this door alone."""

    def form_invalid(self, form) -> HttpResponse:
        messages.warning(self.request, _("This passkey does not open an account here. Please use another way."))
        return redirect("account_login")

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        target = flow.safe_next(self.request)
        return redirect(target) if target and self.request.viewer.is_member else response


def _with_password(request: Request, form: SignInForm) -> HttpResponse | None:
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    adapter = get_adapter()
    try:
        member = adapter.authenticate(request, email=email, password=password)
    except ValidationError as refused:
        form.add_error(None, refused)
        return None
    if member is None:
        form.add_error("password", adapter.validation_error("email_password_mismatch"))
        return None
    login = Login(user=member, email=member.email, redirect_url=flow.safe_next(request) or None)
    return perform_password_login(request, {"email": member.email}, login)


def _with_code(request: Request, form: EmailForm) -> HttpResponse | None:
    try:
        entrance.begin(
            request,
            purpose=Purpose.ENTER,
            email=form.cleaned_data["email"],
            next_url=flow.safe_next(request),
            now=timezone.now(),
        )
    except Refused as refused:
        form.refuse(refused)
        return None
    return redirect("members:code")


def _entered(request: Request, awaited: entrance.Entrance) -> HttpResponse:
    """Go on after the address was proven: sign the member in, or let the person say who they are."""
    member = queries.member_by_email(awaited.email)
    if member is not None and not member.is_imported:
        return signed_in_by_code(request, member, next_url=awaited.next)
    if reason := flow.refusal_to_join(request, email=awaited.email):
        messages.warning(request, reason)
        return redirect("account_login")
    request.session[JOINING] = {"email": awaited.email, "next": awaited.next}
    return redirect("members:about")


def _elsewhere(request: Request, form: EmailForm) -> str:
    """Return where somebody with this address signs in instead of here, or ""."""
    email, target = form.cleaned_data["email"], flow.safe_next(request)
    asked = (door.leads(request=request, email=email, next=target) for door in registry.of(registry.EntranceDoor))
    return next(filter(None, asked), "")


def signed_in_by_code(
    request: Request, member: Member, *, next_url: str, method: str = "code", signup: bool = False, **facts: Any
) -> HttpResponse:
    """Run the remaining steps of allauth's login for a member whose address was just proven."""
    record_authentication(request, member, method=method, **facts)
    login = Login(user=member, email=member.email, redirect_url=next_url or None, signup=signup)
    return perform_login(request, login)


def _entrance_page(request: Request, template: str, form: EmailForm, **context) -> HttpResponse:
    target, language = flow.safe_next(request), request.viewer.language
    shared = {
        "form": form,
        "next": target,
        "ways": [
            way for door in registry.of(registry.EntranceDoor) for way in door.ways(language=language, next=target)
        ],
        "has_pending": flow.has_pending(request),
        "documents": [(KIND_NAMES[row.kind], row) for row in queries.documents_in_force(now=timezone.now())],
    }
    return render(request, template, {**shared, **context}, status=shown_status(form))
