"""A community travels whole, or not at all."""

import io
import json
import tarfile
import zipfile
from contextvars import Context

import pytest
from django.db import transaction

from kizuna.base.hosting import directory, entered
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.jobs.models import Job
from kizuna.core.activity import actions as activity
from kizuna.core.activity.models import Activity
from kizuna.core.activity.types import ActivityType
from kizuna.core.members.models import Member
from kizuna.interfaces.cli.main import main
from kizuna.interfaces.integrations.bundles import backup, portable
from tests.cast import make_member

pytestmark = pytest.mark.django_db(transaction=True)
HAPPENED = ActivityType("test.happened", "for this test", {"n": int})


@pytest.fixture
def filled(sakura, now):
    chie = make_member("chie", name="千恵 <b>'\"\\ \u2028", bio="改行\nと\tタブ")
    with transaction.atomic():
        activity.record(HAPPENED, actor_id=chie.pk, at=now, props={"n": 7})
        enqueue("notifications.send_mails", args={"mails": [1]}, key="1")
    (sakura.media / "ab").mkdir(parents=True, exist_ok=True)
    (sakura.media / "ab" / ("ab" * 16)).write_bytes(b"bytes")
    return sakura


@pytest.fixture
def elsewhere():
    """Run a function outside of the test's community, as another command would."""

    def run(function):
        return Context().run(function)

    yield run
    for community in directory().all():
        if community.slug.startswith("copy"):
            Context().run(main, ["community", "delete", community.slug, "--yes"])


def test_it_comes_back_equal_with_its_keys(filled, elsewhere, tmp_path, now):
    file = tmp_path / "sakura.zip"
    portable.export_community(file, now=now)
    assert elsewhere(lambda: main(["community", "import", str(file), "--slug", "copy", "--host", "copy.test"])) == 0

    def look():
        with entered(directory().get("copy")):
            member = Member.objects.get(handle="chie")
            happened = Activity.objects.get(verb="test.happened")
            job = Job.objects.get(name="notifications.send_mails")
            newcomer = make_member("newcomer")
            return member, happened, job, newcomer, (directory().get("copy").media / "ab" / ("ab" * 16)).read_bytes()

    member, happened, job, newcomer, content = elsewhere(look)
    original = Member.objects.get(handle="chie")
    assert (member.pk, member.name, member.bio, member.joined_at) == (
        original.pk,
        original.name,
        original.bio,
        original.joined_at,
    )
    assert (happened.actor_id, happened.props, happened.at) == (original.pk, {"n": 7}, now)
    assert job.state == Job.State.FAILED, "a copy must not send the mail again"
    assert newcomer.pk > original.pk
    assert content == b"bytes"


def test_a_file_cut_short_makes_no_community(filled, elsewhere, tmp_path, now):
    file = tmp_path / "sakura.zip"
    portable.export_community(file, now=now)
    file.write_bytes(file.read_bytes()[:-200])
    assert elsewhere(lambda: main(["community", "import", str(file), "--slug", "copy-b", "--host", "b.test"])) == 2
    assert "copy-b" not in [community.slug for community in directory().all()]


@pytest.mark.parametrize("change", ["fewer rows", "unknown column", "other schema", "way out"])
def test_a_doubtful_file_is_refused_whole(filled, elsewhere, tmp_path, now, change):
    file, doubtful = tmp_path / "sakura.zip", tmp_path / "doubtful.zip"
    portable.export_community(file, now=now)
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(doubtful, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "rows/members.member.jsonl" and change == "fewer rows":
                content = content.partition(b"\n")[2]
            if name == "rows/members.member.jsonl" and change == "unknown column":
                content = content.replace(b'"handle"', b'"is_root": true, "handle"', 1)
            if name == "manifest.json" and change == "other schema":
                manifest = json.loads(content)
                manifest["schema"]["members"] = "9999_future"
                content = json.dumps(manifest).encode()
            target.writestr(name, content)
        if change == "way out":
            target.writestr("media/../../../escaped", "x")
    with pytest.raises((portable.BadBundle, ValueError)):
        elsewhere(lambda: into_minato(doubtful, now))
    assert elsewhere(handles_in_minato) == ["system"]


def into_minato(file, now):
    with entered(directory().get("minato")):
        portable.import_community(file, now=now)


def handles_in_minato():
    with entered(directory().get("minato")):
        return list(Member.objects.values_list("handle", flat=True))


def test_a_backup_brings_back_the_moment_it_was_made(filled, tmp_path, now):
    file = tmp_path / "sakura.tar.gz"
    backup.write_backup(file, now=now)
    Member.objects.filter(handle="chie").update(name="changed")
    (filled.media / "ab" / ("ab" * 16)).unlink()
    backup.restore_backup(file)
    assert Member.objects.get(handle="chie").name.startswith("千恵")
    assert (filled.media / "ab" / ("ab" * 16)).read_bytes() == b"bytes"


def test_a_damaged_backup_changes_nothing(filled, tmp_path, now):
    file = tmp_path / "sakura.tar.gz"
    backup.write_backup(file, now=now)
    Member.objects.filter(handle="chie").update(name="kept")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(portable.BadBundle):
        backup.restore_backup(file)
    assert Member.objects.get(handle="chie").name == "kept"


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "media/../../outside", "link"])
def test_a_backup_that_reaches_outside_writes_nothing_there(filled, tmp_path, now, name):
    file = tmp_path / "bad.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(member, io.BytesIO(b""))
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(filled.folder)}
    with pytest.raises(portable.BadBundle, match="no file of a community"):
        backup.restore_backup(file)
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(filled.folder)} == before
    assert Member.objects.filter(handle="chie").exists()
