"""The type of a request behind `ViewerMiddleware`, for views to name."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from kizuna.core.members.models import Member
from kizuna.core.members.signin import Known
from kizuna.core.members.viewer import Viewer

if TYPE_CHECKING:
    from kizuna.core.members.view_as import Seen


class Request(HttpRequest):
    """A request that knows who asks. Made by the middleware out of Django's; never constructed.

    `user` is the member behind a sign-in (views that read it stand behind `gates.signed_in`).
    """

    viewer: Viewer
    known: Known | None
    user: Member  # type: ignore[assignment]
    # As whom a manager looks, None for oneself.
    seen: "Seen | None"
    finished_sign_in: str | None
    chrome_current: str
