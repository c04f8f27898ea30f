"""LINE accounts in Studio."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base.hosting.links import absolute_url
from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.interfaces.chat import actions, queries
from kizuna.interfaces.chat.forms import ChannelForm


@require_GET
@managers
def channels(request: Request) -> HttpResponse:
    """List the LINE accounts."""
    return render(request, "chat/channels.html", {"rows": list(queries.channels_visible_to(request.viewer))})


@require_http_methods(["GET", "POST"])
@managers
def new_channel(request: Request) -> HttpResponse:
    """Take a LINE account into the inbox."""
    form = ChannelForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_channel(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved. Now give the address below to LINE."))
            return redirect("chat:channel", made.pk)
    return render(request, "chat/channel.html", {"form": form, "channel": None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers
def channel(request: Request, channel_id: int) -> HttpResponse:
    """Show a LINE account with the address of its webhook; change it."""
    found = queries.channel_for(request.viewer, channel_id)
    initial = {"name": found.name, "is_active": found.is_active}
    form = ChannelForm(request.POST or None, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_channel(viewer=request.viewer, channel=found, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("chat:channel", found.pk)
    context = {"form": form, "channel": found, "address": absolute_url(f"/hooks/line/{found.key}/")}
    return render(request, "chat/channel.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers
def remove(request: Request, channel_id: int) -> HttpResponse:
    """Ask, then remove a LINE account."""
    found = queries.channel_for(request.viewer, channel_id)
    if request.method == "POST":
        actions.remove_channel(viewer=request.viewer, channel=found, now=timezone.now())
        messages.success(request, _("The LINE account was removed."))
        return redirect("chat:channels")
    return render(request, "chat/channel_removal.html", {"channel": found})
