"""A provider tells what became of mail: the address holds a secret of this community, and what it says is done once."""

import logging

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kizuna.core.members import limits
from kizuna.core.members.requests import Request
from kizuna.core.notifications import actions
from kizuna.core.notifications.delivery import events

logger = logging.getLogger("kizuna.notifications")


@csrf_exempt  # a provider's server calls, without cookies; the secret in its address proves it
@never_cache
@require_http_methods(["HEAD", "POST"])
def told(request: Request, provider: str) -> HttpResponse:
    """Take what the provider tells of bounces and complaints."""
    if provider != events.provider_name():
        raise Http404
    if request.method == "HEAD":  # some ask whether anybody is there before they keep the address
        return HttpResponse()
    if int(request.headers.get("Content-Length") or 0) > events.LARGEST:
        return HttpResponse(status=413)
    now = timezone.now()
    try:
        found = events.read(request)
    except events.NotProven:
        limits.require_mail_events(request, now=now)
        response = HttpResponse(status=401)
        response.headers["WWW-Authenticate"] = 'Basic realm="mail events"'
        return response
    except events.Unreadable as error:
        logger.warning("what %s told of mail cannot be read: %s", provider, error)
        return HttpResponse(status=400)
    for event in found:
        actions.note_event(event=event, now=now)
    return HttpResponse(status=200)
