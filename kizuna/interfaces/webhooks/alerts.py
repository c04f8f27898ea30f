"""From an activity to what is said in a chat, as the endpoint's maker may see it."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuna.base.hosting.links import absolute_url
from kizuna.base.registry import Target, by_name
from kizuna.core.activity.models import Activity
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import in_language
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks.chat import Alert
from kizuna.interfaces.webhooks.envelope import envelope_for
from kizuna.interfaces.webhooks.verbs import VERBS


def alert_for(viewer: Viewer, activity: Activity) -> Alert | None:
    """Return what a chat is told of an activity, or None for nothing."""
    if envelope_for(viewer, activity) is None:
        return None
    target = by_name(Target, activity.object_type)
    number = activity.object_id or 0
    row = target.visible(viewer=viewer, ids=[number]).get(number) if target else None
    title = target.title(row=row) if target and row is not None else ""
    path = target.url(row=row) if target and row is not None else ""
    with override(_language()):
        what = str(VERBS.get(activity.verb, activity.verb))
        return Alert(what, title, absolute_url(path) if path.startswith("/") else "", _name(), _("Open in Kizuna"))


def test_alert() -> Alert:
    """Return a message that says only that messages arrive."""
    with override(_language()):
        return Alert(_("This is a test: alerts arrive here."), "", absolute_url("/"), _name(), _("Open in Kizuna"))


def _language() -> str:
    return str(community.setting(keys.DEFAULT_LANGUAGE))


def _name() -> str:
    return in_language(community.setting(keys.NAME), _language())
