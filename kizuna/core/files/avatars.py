"""The picture of a member, as a page part: the account's page reaches it by a declared fragment, for files lie above members."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kizuna.core.files import actions, storage
from kizuna.core.members.policies import Refused, require_sign_in
from kizuna.core.members.requests import Request


@require_POST
def avatar(request: Request) -> HttpResponse:
    """Take a picture for the viewer, or take the one shown away."""
    viewer = request.viewer
    require_sign_in(viewer)
    sent = request.FILES.get("file")
    try:
        if "remove" in request.POST:
            actions.remove_avatar(viewer=viewer, now=timezone.now())
        elif sent is None:
            messages.warning(request, _("Please choose a file."))
        elif sent.size > actions.screening.MAX_DOCUMENT_BYTES:
            messages.warning(request, str(actions.screening.TOO_LARGE))
        else:
            actions.change_avatar(viewer=viewer, name=sent.name, raw=sent.read(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    except storage.StorageFull:
        messages.error(request, str(storage.NO_ROOM))
    return redirect("members:account")
