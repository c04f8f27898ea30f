"""One's own API tokens: made here, shown once, revoked here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.core.members import actions, queries
from kizuna.core.members.clients import address_of
from kizuna.core.members.forms.account import TokenForm
from kizuna.core.members.gates import confirmed, signed_in
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.tabs import account_tabs
from kizuna.core.members.wording import tell_by_mail


@confirmed
@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponse:
    """List tokens and make one. The answer to making it is the only page that ever shows it."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _row, secret = actions.make_token(
                viewer=request.viewer,
                member=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                now=timezone.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            _tell(request)
            return _page(request, TokenForm(), secret=secret)
    return _page(request, form)


@signed_in
@require_POST
def revoke(request: Request, token_id: int) -> HttpResponse:
    """End a token."""
    actions.revoke_token(viewer=request.viewer, token_id=token_id, now=timezone.now())
    messages.success(request, _("The token was revoked."))
    return redirect("members:tokens")


def _tell(request: Request) -> None:
    agent = request.headers.get("User-Agent", "")[:200]
    tell_by_mail("token_made", member=request.user, address=address_of(request), user_agent=agent)


def _page(request: Request, form: TokenForm, *, secret: str = "") -> HttpResponse:
    context = {
        "form": form,
        "secret": secret,
        "rows": queries.active_tokens(request.viewer),
        "tabs": account_tabs("mfa_index"),
    }
    return render(request, "members/tokens.html", context, status=422 if form.errors else 200)
