"""`kizuna member create|list`: people, from the command line of the machine."""

import argparse
import secrets
import string

from django.utils import timezone

HELP = "make a member or list them"
PASSWORD_LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a member; a random password is printed once")
    create.add_argument("--email", required=True)
    create.add_argument("--handle", required=True)
    create.add_argument("--name", default="", help="display name (default: the handle)")
    create.add_argument("--kana", default="", help="reading of the name")
    create.add_argument("--language", choices=("ja", "en"), default="ja")
    create.add_argument("--role", nargs="+", action="extend", default=[], metavar="ROLE")
    create.add_argument("--no-password", action="store_true", help="sign-in by e-mail code or passkey only")
    listing = verbs.add_parser("list", help="list members with their roles")
    listing.add_argument("--role", default="", metavar="ROLE")


def run(options: argparse.Namespace) -> int:
    return create_member(options) if options.verb == "create" else list_members(options)


def create_member(options: argparse.Namespace) -> int:
    """Make the member and print their password, which is stored nowhere else."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from kizuna.core.members import actions
    from kizuna.core.members.models import Role
    from kizuna.core.members.policies import Refused
    from kizuna.interfaces.cli.main import UsageError

    # "member" is what everybody is, so it is accepted and needs no grant.
    roles = [role for role in options.role if role != "member"]
    if unknown := sorted(set(roles) - set(Role.values)):
        raise UsageError(f"There is no role {unknown[0]!r}: choose from {', '.join(Role.values)}.")
    password = None if options.no_password else "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(16))
    try:
        validate_email(options.email)
        actions.make_member(
            viewer=actions.system_viewer(),
            email=options.email,
            handle=options.handle,
            name=options.name,
            kana=options.kana,
            language=options.language,
            roles=roles,
            password=password,
            now=timezone.now(),
        )
    except ValidationError as error:
        raise UsageError(f"{options.email!r}: {error.messages[0]}") from None
    except Refused as refused:
        raise UsageError(f"{refused.field or 'member'}: {refused.reason}") from None
    print(f"Made @{options.handle} ({options.email}){': ' + ', '.join(roles) if roles else ''}.")
    if password:
        print(f"Password, shown only now: {password}")
    return 0


def list_members(options: argparse.Namespace) -> int:
    """Print one line per member: handle, state, roles, address, name."""
    from kizuna.core.members import queries

    for member in queries.members_for_studio(role=options.role).iterator(500):
        roles = ",".join(sorted(grant.role for grant in member.role_grants.all())) or "-"
        print(f"{member.handle}\t{member.state}\t{roles}\t{member.email or '-'}\t{member.name}")
    return 0
