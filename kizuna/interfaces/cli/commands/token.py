"""`kizuna token create --member H`: a bearer token for the API. The token alone stands on the last line."""

import argparse
import sys
from datetime import timedelta

from django.utils import timezone

HELP = "make an API token of a member"
MAX_DAYS = 36_500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a token; it is printed once")
    create.add_argument("--member", required=True, metavar="HANDLE")
    create.add_argument("--name", default="")
    create.add_argument(
        "--scope",
        nargs="+",
        action="extend",
        default=[],
        help="read, write, admin, usage:write, scim (default: all but scim)",
    )
    create.add_argument("--days", type=_days, default=None, help="valid for so many days (default: until revoked)")


def _days(text: str) -> int:
    """Read a number of days. 0 is refused: whoever writes it does not mean a token that never ends."""
    days = int(text)
    if not 1 <= days <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"from 1 to {MAX_DAYS} days")
    return days


def run(options: argparse.Namespace) -> int:
    from kizuna.core.members import actions
    from kizuna.core.members.models import Member
    from kizuna.core.members.policies import Refused
    from kizuna.interfaces.cli.main import UsageError

    now = timezone.now()
    member = Member.objects.filter(handle=options.member.removeprefix("@"), is_system=False).first()
    if member is None or not member.is_active:
        raise UsageError(f"There is no active member @{options.member}.")
    try:
        token, secret = actions.make_token(
            viewer=actions.system_viewer(),
            member=member,
            name=options.name or "command line",
            scopes=options.scope,
            expires_at=now + timedelta(days=options.days) if options.days else None,
            now=now,
        )
    except Refused as refused:
        raise UsageError(str(refused.reason)) from None
    print(f"Token {token.prefix}… of @{member.handle}, shown only now:", file=sys.stderr)
    print(secret)
    return 0
