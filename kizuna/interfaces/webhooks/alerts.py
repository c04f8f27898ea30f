"""From an activity to what is said in a chat, as the endpoint's maker may see it."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuna.base.hosting.links import absolute_url
from kizuna.base.hours import is_open, next_opening
from kizuna.base.registry import Target, by_name
from kizuna.core.activity.models import Activity
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.hours import business_hours
from kizuna.core.community.settings import in_language
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks.chat import Alert
from kizuna.interfaces.webhooks.envelope import envelope_for
from kizuna.interfaces.webhooks.verbs import VERBS
from kizuna.success.inbox.models import Inquiry


def alert_for(viewer: Viewer, activity: Activity, *, has_buttons: bool = False) -> Alert | None:
    """Return what a chat is told of an activity, or None for nothing. `has_buttons`: an inquiry can be taken there."""
    if envelope_for(viewer, activity) is None:
        return None
    target = by_name(Target, activity.object_type)
    number = activity.object_id or 0
    row = target.visible(viewer=viewer, ids=[number]).get(number) if target else None
    title = target.title(row=row) if target and row is not None else ""
    path = target.url(row=row) if target and row is not None else ""
    with override(_language()):
        what = str(VERBS.get(activity.verb, activity.verb))
        alert = Alert(what, title, absolute_url(path) if path.startswith("/") else "", _name(), _("Open in Kizuna"))
        if not has_buttons or activity.object_type != "inquiry":
            return alert
        return replace(alert, inquiry=number, take=_("I take it"), reply=_("Answer"))


def is_urgent(activity: Activity) -> bool:
    """Tell whether an activity is about something that does not wait for the morning."""
    inquiries = Inquiry.objects.filter(pk=activity.object_id or 0, priority=Inquiry.Priority.URGENT)
    return activity.object_type == "inquiry" and inquiries.exists()


def is_moot(activity: Activity) -> bool:
    """Tell whether what was kept until the morning is over by then."""
    inquiries = Inquiry.objects.filter(pk=activity.object_id or 0, state=Inquiry.State.CLOSED)
    return activity.object_type == "inquiry" and inquiries.exists()


def told_at(when: str, activity: Activity, *, urgent_at_once: bool, now: datetime) -> datetime | None:
    """Return when a chat is told of something by its business hours: now, at the next opening, or never."""
    hours = business_hours()
    if when == "always" or is_open(hours, now) or (urgent_at_once and is_urgent(activity)):
        return now
    return next_opening(hours, now) if when == "collect" else None


def test_alert() -> Alert:
    """Return a message that says only that messages arrive."""
    with override(_language()):
        return Alert(_("This is a test: alerts arrive here."), "", absolute_url("/"), _name(), _("Open in Kizuna"))


def _language() -> str:
    return str(community.setting(keys.DEFAULT_LANGUAGE))


def _name() -> str:
    return in_language(community.setting(keys.NAME), _language())
