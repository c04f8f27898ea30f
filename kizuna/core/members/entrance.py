"""The six digits that prove an address: for entering (signing in or joining), a new address, or confirming oneself.

The state lives in the flow's session, the digits only as a keyed hash. Everybody who asks gets the same answers and one
mail, whether the address belongs to a member or not; only the mail, which the address's owner alone reads, differs.
"""

import secrets
import unicodedata
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kizuna.base.hosting import links
from kizuna.core.members import actions, limits, mails, queries
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

KEY = "entrance"
VALID_FOR = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)
MAX_TRIES = 5
MAX_MAILS = 4
DIGITS = 6


class Purpose(StrEnum):
    """What a proven address is for."""

    ENTER = "enter"
    CHANGE = "change"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Entrance:
    """A code under way."""

    purpose: str
    email: str
    next: str
    code_hash: str
    sent_at: float
    tries: int = 0
    mails: int = 1

    def expires_at(self) -> datetime:
        """Return when the digits stop being good."""
        return datetime.fromtimestamp(self.sent_at).astimezone() + VALID_FOR

    def seconds_to_resend(self, *, now: datetime) -> int:
        """Return how long the person has to wait before another mail may be sent."""
        return max(0, int(self.sent_at + RESEND_AFTER.total_seconds() - now.timestamp()))

    def can_resend(self) -> bool:
        """Tell whether another mail is allowed in this flow at all."""
        return self.mails < MAX_MAILS


class WrongCode(Refused):
    """The digits are not right; the flow goes on while tries are left."""

    def __init__(self, *, left: int) -> None:
        reason = ngettext(
            "This code is not right. You can try %(left)s more time.",
            "This code is not right. You can try %(left)s more times.",
            left,
        ) % {"left": left}
        super().__init__(reason, field="code", code="wrong_code")


class CodeOver(Refused):
    """The digits have expired or were tried too often; the flow begins again."""

    def __init__(self) -> None:
        super().__init__(_("This code can no longer be used. Please ask for a new one."), code="code_over")


def begin(request: Request, *, purpose: Purpose, email: str, next_url: str, now: datetime) -> None:
    """Send a code (or, where no way in exists, a mail that says so) and remember that it is awaited."""
    limits.require_code_mail(request, email=email, now=now)
    code = _new_code()
    _send(request, purpose=purpose, email=email, code=code, now=now)
    request.session[KEY] = asdict(
        Entrance(purpose=purpose, email=email, next=next_url, code_hash=_hash(code, email), sent_at=now.timestamp())
    )


def under_way(request: Request, *, purpose: Purpose, now: datetime) -> Entrance | None:
    """Return the code that is awaited for `purpose`, if it can still be entered."""
    kept = request.session.get(KEY)
    if not kept or kept["purpose"] != purpose:
        return None
    entrance = Entrance(**kept)
    return entrance if now.timestamp() < entrance.sent_at + VALID_FOR.total_seconds() else None


def send_again(request: Request, entrance: Entrance, *, now: datetime) -> None:
    """Send new digits; the old ones are no good from now on."""
    if not entrance.can_resend() or entrance.seconds_to_resend(now=now):
        raise Refused(_("Please wait a moment before asking for another mail."), field="code")
    limits.require_code_mail(request, email=entrance.email, now=now)
    code = _new_code()
    _send(request, purpose=Purpose(entrance.purpose), email=entrance.email, code=code, now=now)
    request.session[KEY] = asdict(
        replace(
            entrance,
            code_hash=_hash(code, entrance.email),
            sent_at=now.timestamp(),
            tries=0,
            mails=entrance.mails + 1,
        )
    )


def check(request: Request, entrance: Entrance, *, typed: str, now: datetime) -> None:
    """Accept the digits once and end the wait; raise WrongCode, CodeOver or TooManyAttempts."""
    actions.attempt(limits.CODE_BY_LOGIN, key=normalised_email(entrance.email), now=now)
    if secrets.compare_digest(_hash(_digits(typed), entrance.email), entrance.code_hash):
        abandon(request)
        return
    tries = entrance.tries + 1
    if tries >= MAX_TRIES:
        abandon(request)
        raise CodeOver
    request.session[KEY] = asdict(replace(entrance, tries=tries))
    raise WrongCode(left=MAX_TRIES - tries)


def abandon(request: Request) -> None:
    """Await nothing any more."""
    request.session.pop(KEY, None)


def has_way_in(member: Member | None, *, email: str, now: datetime) -> bool:
    """Tell whether the owner of the address may enter: as a member, or because joining is open to them."""
    if member is not None:
        return member.state != Member.State.ERASED
    return queries.joining_mode() != "invitation" or actions.open_invitation_for(email=email, now=now) is not None


def _send(request: Request, *, purpose: Purpose, email: str, code: str, now: datetime) -> None:
    member = queries.member_by_email(email)
    language = member.language if member else request.viewer.language
    if purpose == Purpose.ENTER and not has_way_in(member, email=email, now=now):
        mails.send("no_way_in", to=email, language=language)
        return
    # A member's mail goes to the address as stored, never to a look-alike spelling of it.
    to = member.email if member and purpose != Purpose.CHANGE else email
    mails.send(
        "code",
        to=to,
        language=language,
        code=code,
        purpose=str(purpose),
        site_link=links.absolute_url(reverse("account_login")),
    )


def _new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _digits(typed: str) -> str:
    """Return the digits of what was typed: full-width ones and spaces are fine."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", typed) if letter.isdecimal())


def _hash(code: str, email: str) -> str:
    return salted_hmac("kizuna.entrance", f"{normalised_email(email)}:{code}", algorithm="sha256").hexdigest()
