"""Studio: the words of reactions and how long things wait, for all spaces."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.core.community import queries as community
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.forms import RulesForm
from kizuna.engagement.discussions.views.outcome import done, for_managers

HOME = "/studio/posting/"


@require_http_methods(["GET", "POST"])
@for_managers
def rules(request: Request) -> HttpResponse:
    """Show and keep what holds for posts in all spaces."""
    numbers = {name: community.setting(key) for name, key in actions.NUMBERS.items()}
    form = RulesForm(request.POST or None, initial=numbers, reactions=community.setting(keys.REACTIONS))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_rules(
                viewer=request.viewer, reactions=form.reactions(), numbers=form.numbers(), now=timezone.now()
            )
            return done(request, HOME, _("The change is saved."))
        except Refused as why:
            form.refuse(why)
    return render(request, "discussions/studio_rules.html", {"form": form}, status=422 if form.errors else 200)
