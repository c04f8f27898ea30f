"""Studio's page about the widget, and a sample of a product on which it stands."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base.hosting import links
from kizuna.core.community.queries import setting
from kizuna.core.members.policies import Refused, require_manager
from kizuna.core.members.requests import Request
from kizuna.interfaces.widget import actions, tokens
from kizuna.interfaces.widget.built import script
from kizuna.interfaces.widget.forms import WidgetForm
from kizuna.interfaces.widget.settings import PLACED


@require_http_methods(["GET", "POST"])
def widget(request: Request) -> HttpResponse:
    """Show and set where the widget may stand and what it shows."""
    require_manager(request.viewer)
    form = WidgetForm(request.POST or None, initial=WidgetForm.initial_from(), viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            actions.place(viewer=request.viewer, value=form.value(), now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("widget:studio")
    context = {
        "form": form,
        "is_on": setting(PLACED)["is_on"],
        "host": links.base_url(),
        "audience": tokens.audience(),
        "kilobytes": f"{len(script().packed) / 1024:.1f}",
    }
    return render(request, "widget/studio.html", context, status=422 if form.errors else 200)


@require_GET
def sample(request: Request) -> HttpResponse:
    """Show a page of a product with the widget on it, as a visitor there sees it."""
    require_manager(request.viewer)
    return render(request, "widget/sample.html", {"is_on": setting(PLACED)["is_on"]})
