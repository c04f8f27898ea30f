"""Confirm that it is you: with what is strongest among the ways the member has."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kizuna.core.members import actions, entrance, flow, limits
from kizuna.core.members.entrance import Purpose
from kizuna.core.members.forms.account import PasswordConfirmForm
from kizuna.core.members.forms.entrance import CodeForm, SecondStepForm
from kizuna.core.members.gates import signed_in
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import shown_status


@dataclass(frozen=True)
class Ways:
    """What a member can confirm with. With two-step sign-in on, a weaker way would be a way around it."""

    app: bool
    passkey: bool
    password: bool
    mail: bool


@signed_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: Request) -> HttpResponse:
    """Ask for one proof and go on to where the person wanted to go."""
    ways = _ways_of(request.user)
    forms = _forms(request, ways)
    if request.method == "POST":
        wanted = request.POST.get("way", "")
        if wanted == "mail" and ways.mail:
            return _send_code(request)
        form = forms.get(wanted)
        if form is not None and form.is_valid() and _is_proven(request, wanted, form):
            actions.confirm_sign_in(viewer=request.viewer, now=timezone.now())
            flow.settle(request)
            return redirect(flow.safe_next(request) or "mfa_index")
    return render(request, "members/confirm.html", _context(request, ways, forms), status=shown_status(*forms.values()))


def _ways_of(member: Member) -> Ways:
    types = set(Authenticator.objects.filter(user=member).values_list("type", flat=True))
    has_app = Authenticator.Type.TOTP in types
    return Ways(
        app=has_app,
        passkey=Authenticator.Type.WEBAUTHN in types,
        password=not has_app and member.has_usable_password(),
        mail=not has_app and bool(member.email),
    )


def _forms(request: Request, ways: Ways) -> dict[str, Any]:
    """Build the form of each way; only the one that was sent gets the data."""

    def sent(way: str) -> Any:
        return request.POST if request.method == "POST" and request.POST.get("way") == way else None

    forms: dict[str, Any] = {}
    if ways.app:
        forms["app"] = SecondStepForm(sent("app"), user=request.user)
    if ways.passkey:
        forms["passkey"] = ReauthenticateWebAuthnForm(sent("passkey"), user=request.user)
    if ways.password:
        forms["password"] = PasswordConfirmForm(sent("password"))
    if ways.mail and entrance.under_way(request, purpose=Purpose.CONFIRM, now=timezone.now()):
        forms["code"] = CodeForm(sent("code"))
    return forms


def _is_proven(request: Request, way: str, form: Any) -> bool:
    if way == "password":
        return _is_password_right(request, form)
    if way == "code":
        return _is_code_right(request, form)
    return True  # the other forms are valid only when their proof is


def _is_password_right(request: Request, form: PasswordConfirmForm) -> bool:
    member = request.user
    try:
        limits.require_password_attempt(request, login=member.email, now=timezone.now())
    except Refused as refused:
        form.add_error("password", ValidationError(str(refused.reason), code=refused.code))
        return False
    if member.check_password(form.cleaned_data["password"]):
        return True
    form.add_error("password", get_adapter().validation_error("incorrect_password"))
    return False


def _is_code_right(request: Request, form: CodeForm) -> bool:
    now = timezone.now()
    awaited = entrance.under_way(request, purpose=Purpose.CONFIRM, now=now)
    if awaited is None:
        return False
    try:
        entrance.check(request, awaited, typed=form.cleaned_data["code"], now=now)
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _send_code(request: Request) -> HttpResponse:
    try:
        entrance.begin(request, purpose=Purpose.CONFIRM, email=request.user.email, next_url="", now=timezone.now())
        messages.success(request, _("We sent six digits to your address."))
    except Refused as refused:
        messages.warning(request, str(refused.reason))
    return redirect(flow.with_next(request.path, flow.safe_next(request)))


def _context(request: Request, ways: Ways, forms: dict[str, Any]) -> dict[str, Any]:
    options = webauthn.begin_authentication(request.user) if ways.passkey else None
    return {
        "ways": ways,
        "forms": forms,
        "options": {"request_options": options},
        "member": request.user,
        "next": flow.safe_next(request),
    }
