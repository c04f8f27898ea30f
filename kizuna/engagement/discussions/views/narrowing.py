"""Who of those in its space may read a topic."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import actions, policies, queries
from kizuna.engagement.discussions.forms import AudienceField, NarrowForm
from kizuna.engagement.discussions.queries import page_audiences
from kizuna.engagement.discussions.views import outcome
from kizuna.engagement.discussions.views.outcome import done, for_members


@require_http_methods(["GET", "POST"])
@for_members
def audience(request: Request, topic_id: int) -> HttpResponse:
    """Choose who may read a topic; the message takes it back."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    if not policies.can_narrow(viewer, topic):
        return outcome.forbidden(request)
    now = str(topic.own_audience_id or AudienceField.EVERYBODY)
    form = NarrowForm(request.POST or None, initial={"audience": now}, audiences=page_audiences.offered(viewer))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_topic_audience(
                viewer=viewer, topic=topic, audience_id=form.cleaned_data["audience"], now=timezone.now()
            )
            undo = f"/t/{topic.pk}/audience/ audience={now}"
            return done(request, f"/t/{topic.pk}/?after=0", _("Who may read the topic was changed."), undo=undo)
        except Refused as why:
            form.refuse(why)
    context = {"form": form, "topic": topic, "back_url": f"/t/{topic.pk}/"}
    return render(request, "discussions/narrow.html", context, status=422 if form.errors else 200)
