"""Mails about company accounts, to the stored address only. A mail that fails undoes nothing."""

from datetime import datetime
from smtplib import SMTPException

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kizuna.base.hosting import links
from kizuna.core.identities import queries
from kizuna.core.members import mails
from kizuna.core.members.clients import address_of, device_name
from kizuna.core.members.models import Member
from kizuna.core.members.requests import Request
from kizuna.core.members.wording import Told

GLASS = Told(
    _("An owner signed in beside the company's sign-in"),
    _(
        "An owner of your community signed in by password and authenticator app, "
        "although the company's own sign-in is required."
    ),
)
JOINED = Told(
    _("A company account was joined to your account"),
    _("From now on a company account opens your account here. If that was not you, part it and tell the team."),
)


def tell_owners_of_broken_glass(request: Request, member: Member, *, now: datetime) -> None:
    """Tell the other owners that one of them came in beside the provider."""
    for owner in queries.owners().exclude(pk=member.pk):
        _send(request, owner, GLASS, button_url="", now=now)


def tell_joined(request: Request, member: Member, *, now: datetime) -> None:
    """Tell a member that another way leads into their account."""
    _send(request, member, JOINED, button_url=links.absolute_url(reverse("identities:own")), now=now)


def _send(request: Request, to: Member, told: Told, *, button_url: str, now: datetime) -> None:
    if not to.email:
        return
    agent = device_name(request.headers.get("User-Agent", "")[:200])
    try:
        mails.send(
            "notice", to=to.email, language=to.language, told=told, at=now, address=address_of(request), user_agent=agent,
            button_url=button_url,
        )  # fmt: skip
    except (mails.MailNotSent, SMTPException):
        return
