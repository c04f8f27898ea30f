"""How often what may be tried. Written down here, counted by `actions.limits`."""

from datetime import datetime, timedelta

from kizuna.core.members.actions.limits import Limit, attempt
from kizuna.core.members.clients import address_of, network_of
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.requests import Request

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)

PASSWORD_BY_LOGIN = Limit("password.login", 10, QUARTER)
PASSWORD_BY_NETWORK = Limit("password.network", 100, QUARTER)
CODE_MAIL_BY_LOGIN = Limit("code_mail.login", 6, HOUR)
CODE_MAIL_BY_NETWORK = Limit("code_mail.network", 60, HOUR)
# A code has a million values and five tries; over all codes of an hour an address gets thirty.
CODE_BY_LOGIN = Limit("code.login", 30, HOUR)
SECOND_STEP_BY_MEMBER = Limit("second_step.member", 10, QUARTER)
# A one-time password is good once, however many processes are asked within the time in which it is valid.
TOTP_ONCE = Limit("totp.once", 1, timedelta(minutes=4))
RESET_BY_LOGIN = Limit("reset.login", 5, HOUR)
RESET_BY_NETWORK = Limit("reset.network", 60, HOUR)
INVITATION_BY_NETWORK = Limit("invitation.network", 100, HOUR)
JOIN_BY_NETWORK = Limit("join.network", 40, HOUR)
# A whole office comes from one address in the morning, and each comes and goes twice.
MAIL_EVENTS_BY_NETWORK = Limit("mail_events.network", 600, QUARTER)
COMPANY_BY_NETWORK = Limit("company.network", 1_200, QUARTER)


def require_password_attempt(request: Request, *, login: str, now: datetime) -> None:
    """Count one try of a password; raise TooManyAttempts past the limit of the login or of the network."""
    _by_network(PASSWORD_BY_NETWORK, request, now=now)
    attempt(PASSWORD_BY_LOGIN, key=normalised_email(login), now=now)


def require_code_mail(request: Request, *, email: str, now: datetime) -> None:
    """Count one mail with a code; raise TooManyAttempts past the limit."""
    _by_network(CODE_MAIL_BY_NETWORK, request, now=now)
    attempt(CODE_MAIL_BY_LOGIN, key=normalised_email(email), now=now)


def require_reset_mail(request: Request, *, email: str, now: datetime) -> None:
    """Count one mail with a link to a new password; raise TooManyAttempts past the limit."""
    _by_network(RESET_BY_NETWORK, request, now=now)
    attempt(RESET_BY_LOGIN, key=normalised_email(email), now=now)


def require_invitation_look(request: Request, *, now: datetime) -> None:
    """Count one look at an invitation link; raise TooManyAttempts past the limit."""
    _by_network(INVITATION_BY_NETWORK, request, now=now)


def require_join(request: Request, *, now: datetime) -> None:
    """Count one finished joining; raise TooManyAttempts past the limit."""
    _by_network(JOIN_BY_NETWORK, request, now=now)


def require_company_sign_in(request: Request, *, now: datetime) -> None:
    """Count one step of signing in by a provider; raise TooManyAttempts past the limit."""
    _by_network(COMPANY_BY_NETWORK, request, now=now)


def _by_network(limit: Limit, request: Request, *, now: datetime) -> None:
    attempt(limit, key=network_of(address_of(request)), now=now)


def require_mail_events(request: Request, *, now: datetime) -> None:
    """Count one call of a mail provider without the secret; raise TooManyAttempts past the limit."""
    _by_network(MAIL_EVENTS_BY_NETWORK, request, now=now)
