"""An older copy of the database brings nobody back."""

import gzip
import json
from contextvars import Context

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.hosting import directory, entered
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.audit import queries as audit
from kizuna.core.members.models import Member
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonErasure, Tombstone
from kizuna.core.privacy.tests.conftest import MARK, NAME, dumped, work
from kizuna.interfaces.cli.main import main
from kizuna.interfaces.integrations.bundles import backup, portable
from kizuna.success.customers.models import Contact
from tests.cast import make_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(aoi, viewer_of):
    return viewer_of(aoi)


@pytest.fixture
def elsewhere():
    """Run a function outside of the test's community, as another command would."""
    yield lambda function: Context().run(function)
    for community in directory().all():
        if community.slug.startswith("copy"):
            Context().run(main, ["community", "delete", community.slug, "--yes"])


def erase(owner, traces) -> None:
    actions.erase_person(viewer=owner, contact_id=traces.contact.pk, now=timezone.now())
    work()


def test_a_restored_backup_erases_again_whom_it_brought_back(owner, traces, lake, sakura, tmp_path):
    backup.write_backup(tmp_path / "b.tar.gz", now=timezone.now())
    erase(owner, traces)
    assert Context().run(main, ["restore", "--community", "sakura", str(tmp_path / "b.tar.gz"), "--yes"]) == 0
    member = Member.objects.get(pk=traces.member.pk)
    assert member.state == "erased", "who they are is gone before the worker runs"
    assert MARK in dumped(lake), "the older lake is back"
    work()
    left = dumped(lake)
    for word in (MARK, NAME, "ミウラ"):
        assert word not in left, word
    assert PersonErasure.objects.get().is_replayed


def test_an_import_of_an_older_export_erases_again_by_the_tombstones(owner, traces, lake, sakura, tmp_path, elsewhere):
    file = tmp_path / "sakura.zip"
    portable.export_community(file, now=timezone.now())
    erase(owner, traces)
    stones = sakura.folder / "erasures.jsonl"
    command = ["community", "import", str(file), "--slug", "copy", "--host", "copy.test", "--tombstones", str(stones)]
    assert elsewhere(lambda: main(command)) == 0

    def look():
        with entered(directory().get("copy")):
            run_waiting()
            contact = Contact.objects.get(pk=traces.contact.pk)
            lines = [gzip.open(path).read().decode() for path in directory().get("copy").lake.glob("usage/day=*/*.gz")]
            return contact.email, Member.objects.get(pk=traces.member.pk).state, "".join(lines), audit.checked().broken

    email, state, lines, broken = elsewhere(look)
    assert (email, state, broken) == ("", "erased", None)
    assert lines
    assert MARK not in lines


def test_a_database_put_back_by_hand_is_noticed_at_the_next_start(owner, traces, sakura, lake):
    erase(owner, traces)
    with transaction.atomic():
        Tombstone.objects.all().delete()
        PersonErasure.objects.all().delete()
        Contact.objects.filter(pk=traces.contact.pk).update(name=NAME, email=f"{MARK}@example.com")
    assert Context().run(main, ["migrate", "--community", "sakura"]) == 0
    work()
    assert Contact.objects.get(pk=traces.contact.pk).email == ""


def test_a_number_given_anew_after_a_restore_is_somebody_else(owner, traces, sakura, lake):
    erase(owner, traces)
    with transaction.atomic():
        Tombstone.objects.all().delete()
        Contact.objects.filter(pk=traces.contact.pk).update(name="新しい人", created_at=timezone.now())
        Member.objects.filter(pk=traces.member.pk).update(name="新しい人", state="active", joined_at=timezone.now())
    assert actions.replay(now=timezone.now()) == 0
    assert Member.objects.get(pk=traces.member.pk).name == "新しい人"
    assert Tombstone.objects.count() == 1, "it is known again, and asks nothing more"


def test_replaying_twice_changes_nothing(owner, traces, lake):
    erase(owner, traces)
    assert actions.replay(now=timezone.now()) == 0
    assert actions.replay(now=timezone.now()) == 0
    assert PersonErasure.objects.count() == 1


def test_the_file_names_nobody_and_survives_a_line_cut_off(owner, traces, sakura, lake):
    erase(owner, traces)
    file = sakura.folder / "erasures.jsonl"
    assert MARK not in file.read_text()
    with file.open("a") as out:
        out.write('{"key": "half')
    other = make_member("other")
    actions.erase_person(viewer=owner, member_id=other.pk, now=timezone.now())
    whole = [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
    assert [line["member_id"] for line in whole] == [traces.member.pk, other.pk]
    assert actions.replay(now=timezone.now()) == 0
