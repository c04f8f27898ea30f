"""The door of Slack: buttons of alerts that were pressed, signed with the app's signing secret."""

from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuna.interfaces.api.problems import Problem
from kizuna.interfaces.chat import actions
from kizuna.interfaces.chat.slack import Unclear, press_of
from kizuna.interfaces.hooks import door, signatures
from kizuna.interfaces.webhooks import queries
from kizuna.interfaces.webhooks.actions import signing_of

MOST_BYTES = 256 * 1024


@door.hook(most_bytes=MOST_BYTES)
def slack(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a press and answer at once: what follows is done by a job and told in the room."""
    now = timezone.now()
    endpoint = queries.endpoint_of_key(key)
    if endpoint is None:
        raise Problem(404, _("No Slack app is served at this address."))
    door.count(key=f"slack:{endpoint.pk}", now=now)
    secret, timestamp = signing_of(endpoint), request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not secret or not signatures.is_slack(request.body, timestamp=timestamp, signature=signature, secret=secret):
        raise door.refuse(request, key=key, why=door.signature_wrong(), now=now)
    if not signatures.is_timely(timestamp, now=now.timestamp()):
        raise door.refuse(request, key=key, why=door.time_wrong(), now=now)
    try:
        press = press_of(_payload(request.body))
    except Unclear:
        raise Problem(422, _("A press of a button is expected.")) from None
    if press is not None:
        actions.keep_press(endpoint_id=endpoint.pk, press=press, now=now)
    return HttpResponse(status=200)


def _payload(body: bytes) -> str:
    try:
        return parse_qs(body.decode(), max_num_fields=20).get("payload", [""])[0]
    except ValueError:
        raise Unclear from None
