"""What a command cannot do it says in a sentence, and it leaves alone what is somebody else's."""

from contextvars import Context

import pytest
from django.db.utils import OperationalError

from kizuna.base.hosting import directory
from kizuna.core.members.models import Member
from kizuna.interfaces.cli.errors import UsageError, meaning
from kizuna.interfaces.cli.listening import require_free_port
from kizuna.interfaces.cli.main import main
from kizuna.interfaces.integrations.bundles import portable
from tests.cast import make_member
from tests.databases import is_postgresql

UNREACHABLE = "postgres://nobody:x@127.0.0.1:1/none"


def run(*words):
    """Run a command outside of the test's community."""
    return Context().run(main, [str(word) for word in words])


def slugs():
    return [community.slug for community in directory().all()]


@pytest.mark.parametrize(
    "words",
    [
        ("member", "list", "--community", "minato"),
        ("member", "--community", "minato", "list"),
        ("--community=minato", "member", "list"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_the_community_is_named_anywhere(communities, words, capsys):
    assert run(*words) == 0
    with pytest.raises(SystemExit):
        run("member", "list", "--community")
    assert "--community" in capsys.readouterr().err


@pytest.mark.parametrize("port", [0, -1, 65_536, 80_000])
def test_a_port_that_cannot_be_is_refused(port):
    with pytest.raises(UsageError, match="no port"):
        require_free_port("127.0.0.1", port)


@pytest.mark.parametrize("words", ["no such table: members_member", "unable to open database file"])
def test_a_database_without_tables_says_what_to_run(words):
    assert "kizuna migrate" in meaning(OperationalError(words))


def test_a_database_that_was_never_made_sends_nobody_to_migrate():
    error = OperationalError('connection failed: FATAL: database "kizuna" does not exist')
    assert "none of that name" in meaning(error)
    assert "migrate" not in meaning(error)


def test_a_full_disk_is_named_and_other_errors_keep_their_trace():
    assert "Make room" in meaning(OSError(28, "No space left on device"))
    assert meaning(OperationalError("near SELEC: syntax error")) is None
    assert meaning(ValueError("no such table")) is None


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_makes_no_community(communities, capsys):
    assert run("community", "create", "far", "--host", "far.test", "--database", UNREACHABLE) == 2
    assert "does not answer" in capsys.readouterr().err
    assert "far" not in slugs()


@pytest.mark.django_db(transaction=True)
def test_a_database_in_use_is_never_filled_anew(sakura, tmp_path, now, capsys):
    make_member("chie")
    file = tmp_path / "export.zip"
    portable.export_community(file, now=now)
    url = sakura.database_url or f"sqlite:///{sakura.database['NAME']}"
    for words in (("create", "other", "--host", "o.test"), ("import", file, "--slug", "other", "--host", "o.test")):
        assert run("community", *words, "--database", url) == 2
        assert "already" in capsys.readouterr().err
        assert "other" not in slugs()
    assert Member.objects.filter(handle="chie").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(is_postgresql(), reason="its own file")
def test_nothing_is_backed_up_where_nothing_is(communities, tmp_path, capsys):
    community = directory().add(slug="bare", hosts=["bare.test"])
    try:
        community.make_folders()
        assert run("backup", tmp_path / "b.tgz", "--community", "bare") == 2
        assert "nothing to back up" in capsys.readouterr().err
        assert not (tmp_path / "b.tgz").exists()
    finally:
        run("community", "delete", "bare", "--yes")
