"""The link in a mail that stops mails of its kind: one button for people, one POST for mail programs (RFC 8058)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kizuna.core.members.requests import Request
from kizuna.core.notifications import actions, queries
from kizuna.core.notifications.models import UnsubscribeToken


# Mail programs post without a cookie and without our token: the key in the address is the permission.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: Request, key: str) -> HttpResponse:
    """Ask on GET, because mail scanners follow links; stop on POST. Works without signing in."""
    token = queries.token_for(key)
    if token is None:
        raise Http404
    if request.method == "POST":
        actions.unsubscribe(token=token)
    with translation.override(_language(request, token)):
        context = {"is_done": request.method == "POST", "label": queries.label_of(token.kind)}
        return render(request, "notifications/unsubscribe.html", context)


def _language(request: Request, token: UnsubscribeToken) -> str:
    return request.viewer.language if request.viewer.is_member else token.recipient.language
