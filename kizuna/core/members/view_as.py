"""Looking at the community as somebody else sees it: a signed cookie beside a manager's own sign-in.

It is read-only (the viewer may not act, and nothing but a page is answered), it marks nothing read, and pages that belong
to a person alone stay closed: it shows what the community shows somebody, not what somebody keeps for themselves.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from kizuna.base import hosting
from kizuna.core.members import policies, queries
from kizuna.core.members.models import Audience, Member
from kizuna.core.members.signin import Known
from kizuna.core.members.viewer import MEMBERS, PUBLIC, Viewer

COOKIE = "view_as"
LIFETIME = 3600
MEMBER, AUDIENCE = "member", "audience"
CLOSED = (
    "/account/", "/bookmarks/", "/desk/", "/drafts/", "/messages/", "/notifications/", "/password/", "/signout/", "/studio/", "/u/",
)  # fmt: skip
OWN = "/view-as/"


@dataclass(frozen=True)
class Seen:
    """As whom a manager looks: a member, or somebody who is in one audience."""

    viewer: Viewer
    name: str
    member: Member | None = None
    audience: Audience | None = None


def allows(known: Known) -> bool:
    """Tell whether this sign-in may look as others."""
    return policies.can_manage(known.viewer)


def of_member(member: Member) -> Seen:
    """Return the view of a member."""
    return Seen(replace(queries.viewer_of(member), is_view_as=True), member.name, member=member)


def of_audience(audience: Audience, *, language: str) -> Seen:
    """Return the view of a member who is in that audience and in no other besides what all members are in."""
    viewer = replace(
        queries.visitor(language=language),
        member_id=0,
        name=queries.audience_label(audience, language),
        audience_ids=tuple(sorted({PUBLIC, MEMBERS, audience.pk})),
        is_view_as=True,
    )
    return Seen(viewer, viewer.name, audience=audience)


def seen_by(cookie: str, known: Known, *, now: datetime) -> Seen | None:
    """Return as whom the sign-in looks now, or None: the cookie is of that sign-in, fresh, and its member may."""
    if not allows(known):
        return None
    try:
        sign_in_id, kind, number = _signer().unsign(cookie, max_age=LIFETIME).split(".")
    except (signing.BadSignature, ValueError):
        return None
    if sign_in_id != str(known.viewer.sign_in_id):
        return None
    if kind == MEMBER:
        member = Member.objects.filter(pk=int(number), state=Member.State.ACTIVE, is_system=False).first()
        return of_member(member) if member else None
    audience = Audience.objects.filter(pk=int(number)).first()
    return of_audience(audience, language=known.viewer.language) if audience else None


def begin(response: HttpResponse, *, viewer: Viewer, kind: str, number: int) -> None:
    """Have the browser look as a member or an audience from now on."""
    value = _signer().sign(f"{viewer.sign_in_id}.{kind}.{number}")
    response.set_cookie(
        COOKIE, value, max_age=LIFETIME, path="/", secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
    )


def end(response: HttpResponse) -> None:
    """Have the browser look as its own person again."""
    response.set_cookie(COOKIE, "", max_age=0, path="/", secure=settings.IS_HTTPS, httponly=True, samesite="Lax")


def is_closed(path: str, method: Any) -> bool:
    """Tell whether a request is refused while looking as somebody else."""
    if path.startswith(OWN):
        return False
    return method not in ("GET", "HEAD") or path.startswith(CLOSED)


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"kizuna.view_as.{hosting.current().slug}")
