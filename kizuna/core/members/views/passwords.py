"""A forgotten password: a link to the stored address, good once and for an hour."""

from allauth.account.forms import ResetPasswordForm
from allauth.account.views import PasswordResetFromKeyView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.core.members import limits, mails
from kizuna.core.members.forms.entrance import EmailForm, NewPasswordForm
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import shown_status


@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: Request) -> HttpResponse:
    """Send the link. Whoever asks gets the same answer; only the mail differs."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            limits.require_reset_mail(request, email=form.cleaned_data["email"], now=timezone.now())
            _send(request, form.cleaned_data["email"])
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("account_reset_password_done")
    return render(request, "members/reset.html", {"form": form}, status=shown_status(form))


@never_cache
@require_GET
def reset_sent(request: Request) -> HttpResponse:
    """Say that a mail is on its way, if the address is a member's."""
    return render(request, "members/reset_sent.html")


class ResetFromLink(PasswordResetFromKeyView):
    """Ask for the new password of whoever opened the link. A second step stays as it was."""

    template_name = "members/reset_password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("account_login")

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = shown_status(form)
        return response


def _send(request: Request, email: str) -> None:
    form = ResetPasswordForm({"email": email})
    if form.is_valid():
        form.users = [member for member in form.users if not member.is_imported]
        form.save(request)
    else:  # what allauth refuses has no account; the answer is the same all the same
        mails.send("unknown", to=email, language=request.viewer.language, button_url="")
