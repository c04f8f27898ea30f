"""`kizuna member` and `kizuna token`, as they are called."""

import pytest

from kizuna.core.members import tokens
from kizuna.core.members.models import Member, RoleGrant
from kizuna.interfaces.cli.commands import member as member_command
from kizuna.interfaces.cli.commands import token as token_command
from kizuna.interfaces.cli.main import UsageError, _parser


def run(command, name, *words):
    return command.run(_parser({name: command}).parse_args([name, *words]))


def create(*words):
    return run(member_command, "member", "create", *words)


def test_it_makes_a_member_with_roles_and_prints_a_password_that_works(db, capsys):
    create("--email", "Aoi@Example.com", "--handle", "aoi", "--role", "owner", "--role", "moderator")
    password = capsys.readouterr().out.strip().splitlines()[-1].rpartition(" ")[2]
    made = Member.objects.get(handle="aoi")
    assert made.check_password(password)
    assert made.email_key == "aoi@example.com"
    assert set(RoleGrant.objects.values_list("role", flat=True)) == {"owner", "moderator"}


def test_it_makes_a_member_without_password(db, capsys):
    create("--email", "chie@example.com", "--handle", "chie", "--role", "member", "--no-password")
    assert "Password" not in capsys.readouterr().out
    assert not Member.objects.get(handle="chie").has_usable_password()


@pytest.mark.parametrize(
    "words",
    [
        ("--email", "chie@example.com", "--handle", "other"),
        ("--email", "other@example.com", "--handle", "chie"),
        ("--email", "other@example.com", "--handle", "Not A Handle"),
        ("--email", "other@example.com", "--handle", "admin"),
        ("--email", "not an address", "--handle", "other"),
        ("--email", "other@example.com", "--handle", "other", "--role", "king"),
    ],
)
def test_it_refuses_what_cannot_be_and_makes_nobody(chie, words):
    before = Member.objects.count()
    with pytest.raises(UsageError):
        create(*words)
    assert Member.objects.count() == before


def test_it_lists_members_with_their_roles(aoi, chie, capsys):
    run(member_command, "member", "list")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("aoi\tactive\towner\t") for line in lines)
    assert not any(line.startswith("system") for line in lines)


def test_the_last_line_is_a_token_that_works(chie, capsys):
    run(token_command, "token", "create", "--member", "chie", "--scope", "read", "write")
    secret = capsys.readouterr().out.splitlines()[-1]
    assert tokens.viewer_from_token(secret).scopes == ("read", "write")


def test_it_refuses_a_token_for_nobody_and_an_unknown_scope(chie):
    with pytest.raises(UsageError):
        run(token_command, "token", "create", "--member", "nobody")
    with pytest.raises(UsageError):
        run(token_command, "token", "create", "--member", "chie", "--scope", "all")


@pytest.mark.parametrize("days", ["0", "-1", "99999999999", "x"])
def test_a_token_for_no_days_is_refused_and_not_made_to_last(chie, days, capsys):
    with pytest.raises(SystemExit):
        run(token_command, "token", "create", "--member", "chie", "--days", days)
    assert "--days" in capsys.readouterr().err
