"""Who may read inquiries and who may work on them: as with customers."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from kizuna.core.community.queries import setting
from kizuna.core.members.policies import ADMIN, SignInRequired, can_act, has_scope, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.settings import FORM

can_read = customers.can_read
can_work = customers.can_work
can_define = customers.can_define
require_reader = customers.require_reader
require_worker = customers.require_worker


def can_answer(viewer: Viewer) -> bool:
    """Tell whether the viewer may answer what their department is asked: whoever reads the desk and may write."""
    return can_read(viewer) and can_act(viewer) and has_scope(viewer, ADMIN)


def can_use_form(viewer: Viewer) -> bool:
    """Tell whether the contact form is there for the viewer."""
    form = setting(FORM)
    if not form["is_on"]:
        return False
    return can_act(viewer) if viewer.is_member else form["for_visitors"]


def require_form(viewer: Viewer, *, channel: str = Inquiry.Channel.FORM) -> None:
    """Raise SignInRequired for a visitor where only members may ask, and Http404 where there is no form.

    The widget has its own switch, which whoever serves it asks; a member must be able to write all the same.
    """
    if channel == Inquiry.Channel.WIDGET:
        require(not viewer.is_member or can_act(viewer), _("You can read here, but not write."))
        return
    if not setting(FORM)["is_on"]:
        raise Http404
    if not viewer.is_member and not setting(FORM)["for_visitors"]:
        raise SignInRequired
    require(can_use_form(viewer), _("You can read here, but not write."))
