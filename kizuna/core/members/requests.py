"""The type of a request behind `ViewerMiddleware`, for views to name."""

from django.http import HttpRequest

from kizuna.core.members.models import Member
from kizuna.core.members.signin import Known
from kizuna.core.members.viewer import Viewer


class Request(HttpRequest):
    """A request that knows who asks. Made by the middleware out of Django's; never constructed.

    `user` is the member behind a sign-in (views that read it stand behind `gates.signed_in`).
    """

    viewer: Viewer
    known: Known | None
    user: Member  # type: ignore[assignment]
    finished_sign_in: str | None
    chrome_current: str
