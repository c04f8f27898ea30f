"""How one gets in: password, address, passkeys, second step, devices; and confirming that it is you."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import rename_authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import registry
from kizuna.core.members import actions, entrance, flow, queries, signin
from kizuna.core.members.clients import address_of, device_name
from kizuna.core.members.entrance import Purpose
from kizuna.core.members.forms.account import PasskeyForm, PasskeyNameForm, TwoStepForm
from kizuna.core.members.forms.entrance import CodeForm, EmailForm, NewPasswordForm
from kizuna.core.members.gates import confirmed, signed_in
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import shown_status
from kizuna.core.members.views.tabs import account_tabs
from kizuna.core.members.wording import method_name, tell_by_mail

SECURITY = "mfa_index"


@signed_in
@require_GET
def security(request: Request) -> HttpResponse:
    """Show every way in and every device."""
    viewer, now = request.viewer, timezone.now()
    proofs = list(Authenticator.objects.filter(user_id=viewer.member_id).order_by("created_at"))
    devices = [
        {
            "row": row,
            "name": device_name(row.user_agent),
            "method": method_name(row.method),
            "is_this": row.pk == viewer.sign_in_id,
        }
        for row in queries.own_sign_ins(viewer, now=now)
    ]
    context = {
        "member": request.user,
        "passkeys": [proof for proof in proofs if proof.type == Authenticator.Type.WEBAUTHN],
        "has_two_step": any(proof.type == Authenticator.Type.TOTP for proof in proofs),
        "devices": devices,
        "owes_second_proof": request.known is not None and request.known.owes_second_proof,
        "tabs": account_tabs(SECURITY),
    }
    return render(request, "members/security.html", context)


@confirmed
@sensitive_post_parameters("password1")
@require_http_methods(["GET", "POST"])
def password(request: Request) -> HttpResponse:
    """Set or change the password. Every other device is signed out; this one goes on."""
    member = request.user
    form = NewPasswordForm(request.POST or None, user=member)
    if request.method == "POST" and form.is_valid():
        kind = "password_changed" if member.has_usable_password() else "password_set"
        form.save()
        _tell(request, kind)
        flow.finish(request, member=Member.objects.get(pk=member.pk), method="password", now=timezone.now())
        messages.success(request, _("Your password was set. Other devices were signed out."))
        return redirect(SECURITY)
    context = {"form": form, "has_password": member.has_usable_password()}
    return render(request, "members/password.html", context, status=shown_status(form))


@confirmed
@require_http_methods(["GET", "POST"])
def email(request: Request) -> HttpResponse:
    """Ask for a new address and send digits to it."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["email"]
        try:
            entrance.begin(request, purpose=Purpose.CHANGE, email=wanted, next_url="", now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("members:email-code")
    return render(request, "members/email.html", {"form": form, "member": request.user}, status=shown_status(form))


@confirmed
@require_http_methods(["GET", "POST"])
def email_code(request: Request) -> HttpResponse:
    """Take the new address once its digits are right, and tell the old one."""
    now = timezone.now()
    awaited = entrance.under_way(request, purpose=Purpose.CHANGE, now=now)
    if awaited is None:
        return redirect("members:email")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entrance.check(request, awaited, typed=form.cleaned_data["code"], now=now)
            before = actions.change_email(viewer=request.viewer, email=awaited.email, now=now)
        except entrance.CodeOver as refused:
            messages.warning(request, str(refused.reason))
            return redirect("members:email")
        except Refused as refused:
            form.add_error("code", ValidationError(str(refused.reason), code=refused.code))
        else:
            _tell(request, "email_changed", to=before)
            flow.settle(request)
            messages.success(request, _("Your address was changed."))
            return redirect(SECURITY)
    return render(request, "members/email_code.html", {"form": form, "awaited": awaited}, status=shown_status(form))


@signed_in
@require_POST
def end_device(request: Request, sign_in_id: int) -> HttpResponse:
    """Sign one device out."""
    actions.revoke_sign_in(viewer=request.viewer, sign_in_id=sign_in_id, now=timezone.now())
    if sign_in_id == request.viewer.sign_in_id:
        flow.end(request)
        return redirect("/")
    messages.success(request, _("The device was signed out."))
    return redirect(SECURITY)


@signed_in
@require_POST
def end_all_devices(request: Request) -> HttpResponse:
    """Sign every device out, this one too."""
    actions.sign_out_everywhere(member_id=request.viewer.own_id, now=timezone.now())
    flow.end(request)
    return redirect("account_login")


class TwoStepOn(ActivateTOTPView):
    """Switch two-step sign-in on."""

    template_name = "members/two_step.html"
    form_class = TwoStepForm
    success_url = reverse_lazy("mfa_view_recovery_codes")

    def get_success_url(self) -> str:
        _settle(self.request)
        return reverse("mfa_view_recovery_codes")


class TwoStepOff(DeactivateTOTPView):
    """Switch two-step sign-in off."""

    template_name = "members/two_step_off.html"
    success_url = reverse_lazy(SECURITY)

    def form_valid(self, form: Any) -> HttpResponse:
        asked = (door.keeps_two_step(member_id=self.request.user.pk) for door in registry.of(registry.EntranceDoor))
        if reason := next(filter(None, asked), ""):
            raise Refused(reason)
        return super().form_valid(form)


class RecoveryCodes(ViewRecoveryCodesView):
    """Show the recovery codes that are left."""

    template_name = "members/recovery_codes.html"


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """Make new recovery codes; the old ones are worthless."""

    template_name = "members/recovery_codes_new.html"


class AddPasskey(AddWebAuthnView):
    """Make a passkey that opens the account by itself."""

    template_name = "members/passkey.html"
    form_class = PasskeyForm

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        options = webauthn.begin_registration(self.request.user, True)
        target = flow.safe_next(self.request)
        return {**context, "js_data": {"creation_options": options}, "next": target, "form": context["form"]}

    def form_invalid(self, form) -> HttpResponse:
        messages.warning(self.request, _("The passkey could not be made. Please try once more."))
        return redirect("mfa_add_webauthn")

    def get_success_url(self) -> str:
        target = flow.safe_next(self.request)
        _settle(self.request)
        return target or reverse(SECURITY)


class RemovePasskey(RemoveWebAuthnView):
    """Remove a passkey."""

    template_name = "members/passkey_removal.html"
    success_url = reverse_lazy(SECURITY)


@confirmed
@require_http_methods(["GET", "POST"])
def passkey_name(request: Request, pk: int) -> HttpResponse:
    """Give a passkey another name."""
    own = Authenticator.objects.filter(user_id=request.viewer.member_id, type=Authenticator.Type.WEBAUTHN)
    proof = get_object_or_404(own, pk=pk)
    form = PasskeyNameForm(request.POST or None, initial={"name": proof.wrap().name})
    if request.method == "POST" and form.is_valid():
        rename_authenticator(request, proof, form.cleaned_data["name"])
        return redirect(SECURITY)
    return render(request, "members/passkey_name.html", {"form": form}, status=shown_status(form))


def _settle(request: Any) -> None:
    """End the flow; what the member owes is asked anew at the next request."""
    flow.settle(request)
    signin.forget_member(request.viewer.own_id)


def _tell(request: Request, kind: str, *, to: str = "") -> None:
    agent = request.headers.get("User-Agent", "")[:200]
    tell_by_mail(kind, member=request.user, address=address_of(request), user_agent=agent, to=to)
