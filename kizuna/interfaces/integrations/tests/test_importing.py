"""`kizuna import`: from foreign files to topics, articles and a reconciliation in which nothing is lost."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from kizuna.base.jobs.models import Job
from kizuna.core.members.models import Member
from kizuna.core.notifications.models import Notification
from kizuna.core.search.models import SearchRow
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, Space, Topic
from kizuna.engagement.knowledge.models import Article
from kizuna.interfaces.integrations.importers import running
from kizuna.interfaces.integrations.importers.running import CannotImport, Order, rehearse_import, run_import
from kizuna.interfaces.integrations.models import Import

ROOT = Path(__file__).resolve().parents[4]
PATIENCE_SECONDS = 60


def order(format, *paths, space="support", **fields):
    fields = {"source": format, "space_kind": "", "columns": {}, **fields}
    return Order(format=format, paths=[str(path) for path in paths], space=space, **fields)


def quiet(_text):
    pass


@pytest.fixture
def sumo(tmp_path):
    """Return a function that writes a support community: questions, two answers each, the second accepted."""

    def write(count):
        folder = tmp_path / "sumo"
        folder.mkdir(exist_ok=True)
        with open(folder / "questions.csv", "w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["id", "created", "title", "content", "creator", "solution", "tags", "num_votes", "is_spam"])
            for key in range(count):
                at = f"2024-01-01 {key // 3600 % 24:02}:{key // 60 % 60:02}:{key % 60:02} +0000"
                rows.writerow(
                    [
                        key,
                        at,
                        f"Question {key}",
                        f"<p>How <b>{key}</b>?</p>",
                        f"asker{key % 40}",
                        2 * key + 1,
                        "imap;smtp",
                        2,
                        "false",
                    ]
                )
        with open(folder / "answers.csv", "w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["id", "question_id", "created", "content", "creator", "is_spam", "num_helpful"])
            for key in range(2 * count):
                at = f"2024-01-02 {key // 3600 % 24:02}:{key // 60 % 60:02}:{key % 60:02} +0000"
                rows.writerow([key, key // 2, at, f"<p>So {key}</p>", f"helper{key % 7}", "false", key % 3])
        return folder

    return write


def state():
    """Return everything that an import leaves behind, without the ids that databases give."""
    topics = Topic.objects.order_by("external_id").values_list(
        "external_id",
        "author__external_id",
        "last_number",
        "post_count",
        "bumped_at",
        "first_reply_at",
        "accepted_post__external_id",
        "tags",
    )
    posts = Post.objects.order_by("topic__external_id", "number").values_list(
        "topic__external_id", "number", "external_id", "author__external_id", "created_at", "reaction_counts"
    )
    members = (
        Member.objects.filter(is_imported=True)
        .order_by("external_id")
        .values_list("external_id", "joined_at", "topic_count", "post_count", "accepted_count", "thanks_count")
    )
    spaces = Space.objects.order_by("slug").values_list("slug", "topic_count")
    found = SearchRow.objects.filter(target_type="topic").values_list("is_solved", flat=True)
    return [list(rows) for rows in (topics, posts, members, spaces)], sorted(found), SearchRow.objects.count()


def test_it_brings_a_support_community_over(aoi, sumo, now):
    outcome = run_import(order("sumo", sumo(30)), now=now, say=quiet)
    space = Space.objects.get(slug="support")
    assert (space.kind, space.topic_count) == ("question", 30)
    assert outcome.report.written == {"authors": 37, "topics": 30, "posts": 60}
    assert not outcome.report.unaccounted()
    topic = Topic.objects.get(external_id="sumo:3")
    assert (topic.accepted_post.external_id, topic.post_count, topic.import_id) == ("sumo:7", 3, outcome.import_id)
    assert AcceptedAnswer.objects.count() == 30
    assert Member.objects.get(external_id="sumo:asker0").joined_at == Topic.objects.get(external_id="sumo:0").created_at
    assert Import.objects.get().finished_at is not None
    assert not Notification.objects.exists()
    of_history = {"activity.deliver_imported", "search.encode"}
    assert of_history >= set(Job.objects.filter(priority__lt=0).values_list("name", flat=True))


def test_a_second_run_writes_nothing_and_says_so(aoi, sumo, now):
    folder = sumo(10)
    run_import(order("sumo", folder), now=now, say=quiet)
    before = state()
    report = run_import(order("sumo", folder), now=now, say=quiet).report
    assert report.written == {"authors": 0, "topics": 0, "posts": 0}
    assert report.present == {"authors": 17, "topics": 10, "posts": 20}
    assert state() == before


def test_what_came_since_is_added_by_the_next_run(aoi, sumo, now):
    run_import(order("sumo", sumo(10)), now=now, say=quiet)
    report = run_import(order("sumo", sumo(12)), now=now, say=quiet).report
    assert (report.written["topics"], report.written["posts"]) == (2, 4)
    assert Space.objects.get(slug="support").topic_count == 12


def test_every_row_is_accounted_for_by_file_and_line(aoi, tmp_path, now):
    (tmp_path / "q.csv").write_text(
        "id,created,title,content,creator,is_spam\n"
        "1,2024-01-01,One,text,a,false\n"
        "1,2024-01-02,Again,text,a,false\n"
        "2,2024-01-01,Spam,text,b,true\n"
        "3,2024-01-01,,,c,false\n"
        "4,2099-01-01,Later,text,c,false\n"
        f"5,2024-01-01,{'long ' * 60},text,c,false\n"
        f"{'6' * 81},2024-01-01,Key,text,c,false\n"
    )
    (tmp_path / "a.csv").write_text(
        "id,question_id,created,content,creator\n10,1,2024-01-01,text,a\n11,2,2024-01-01,text,a\n"
    )
    outcome = run_import(order("sumo", tmp_path), now=now, say=quiet)
    report = outcome.report
    assert not report.unaccounted()
    assert (report.read["topics"], report.written["topics"], report.skipped_of("topics")) == (7, 4, 3)
    assert (report.written["posts"], report.skipped["posts"]) == (1, {"its topic is not here": 1})
    with outcome.file.open() as lines:
        listed = {(row["place"], row["reason"]) for row in csv.DictReader(lines)}
    assert {
        ("q.csv:3", "the same id a second time"),
        ("q.csv:4", "marked as spam"),
        ("q.csv:6", "a time in the future, taken as today"),
        ("q.csv:8", "an id of more than 80 characters"),
        ("a.csv:3", "its topic is not here"),
    } <= listed
    assert oct(outcome.file.stat().st_mode & 0o777) == "0o600"
    assert Topic.objects.get(external_id="sumo:4").created_at == now
    long = Topic.objects.get(external_id="sumo:5")
    assert len(long.title) <= 200
    assert Post.objects.get(topic=long).body.startswith("**long long")
    assert Topic.objects.get(external_id="sumo:3").title == "(no title)"


def test_hostile_texts_are_stored_harmless(aoi, tmp_path, now):
    rows = [
        {"id": 1, "question": "A\x00 \ud800\u202eb", "answer": "<script>alert(1)</script> [x](javascript:alert(1))"},
        {"id": 2, "question": "Q", "answer": "<p>Hello</p><img src=x onerror=alert(1)><script>alert(1)</script>"},
    ]
    (tmp_path / "faq.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    run_import(order("faq", tmp_path), now=now, say=quiet)
    for article in Article.objects.all():
        assert "\x00" not in article.title
        assert "<script" not in article.html
        assert "javascript:" not in article.html.partition("href")[2]
        assert "onerror" not in article.html
    assert Article.objects.count() == 2


def test_frequent_questions_become_articles_known_by_their_own_ids(aoi, tmp_path, now):
    (tmp_path / "faq.csv").write_text(
        "id,question,answer,category\nf1,送料は？,無料です,お金\nf2,いつ届く？,明日,配送\n", "utf-8"
    )
    report = run_import(order("faq", tmp_path / "faq.csv", source="help"), now=now, say=quiet).report
    assert report.written == {"articles": 2}
    assert sorted(Article.objects.values_list("external_id", flat=True)) == ["help:f1", "help:f2"]
    assert not Space.objects.filter(slug="support").exists()


def test_a_question_that_is_refused_does_not_take_the_others_along(aoi, tmp_path, now):
    rows = [{"id": key, "question": f"Q{key}", "answer": "x" * (200_000 if key == 3 else 5)} for key in range(6)]
    (tmp_path / "faq.json").write_text(json.dumps(rows))
    report = run_import(order("faq", tmp_path), now=now, say=quiet).report
    assert (report.written["articles"], report.skipped_of("articles")) == (5, 1)


def test_a_rehearsal_writes_nothing(aoi, sumo, now):
    report = rehearse_import(order("sumo", sumo(10)), now=now, say=quiet).report
    assert report.written == {"authors": 17, "topics": 10, "posts": 20}
    assert not Topic.objects.exists()
    assert not Import.objects.exists()
    assert not Space.objects.filter(slug="support").exists()


def test_a_space_of_another_kind_is_refused_before_anything_is_written(aoi, sumo, now):
    run_import(order("sumo", sumo(1), space_kind="discussion"), now=now, say=quiet)
    with pytest.raises(CannotImport, match="kind"):
        run_import(order("sumo", sumo(2), space_kind="question"), now=now, say=quiet)
    assert Topic.objects.count() == 1


def test_two_imports_at_once_are_refused(aoi, sumo, now):
    with running._folder_of_one_run(), pytest.raises(CannotImport, match="Another import"):
        run_import(order("sumo", sumo(1)), now=now, say=quiet)


def test_the_import_acts_as_the_oldest_owner(aoi, db, now):
    assert running.importing_viewer().member_id == aoi.pk
    aoi.role_grants.all().delete()
    assert running.importing_viewer().handle != aoi.handle


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.parametrize("written", [1, 60, 260])
def test_an_import_killed_at_any_point_ends_the_same_when_run_again(aoi, sumo, written):
    """Killed with -9 after so many rows of topics and posts; the second run leaves what one whole run would."""
    folder = sumo(300)
    process = _importing(folder)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Topic.objects.count() + Post.objects.filter(number__gt=1).count() < written:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert Post.objects.filter(number__gt=1).count() < 600, "there was nothing left to do"
    assert _importing(folder).wait(PATIENCE_SECONDS) == 0
    whole = state()
    assert Import.objects.get().run_count == 2
    assert [len(rows) for rows in whole[0]] == [300, 900, 47, Space.objects.count()]
    assert set(Topic.objects.values_list("import_id", flat=True)) == {Import.objects.get().pk}
    _forget_all()
    assert _importing(folder).wait(PATIENCE_SECONDS) == 0
    assert state() == whole


def _importing(folder) -> subprocess.Popen:
    connection.close()
    return subprocess.Popen(
        [sys.executable, "-m", "kizuna", "import", "sumo", str(folder), "--space", "support", "--community", "sakura"],
        cwd=ROOT,
        env={**os.environ, "KIZUNA_PROCESS": "command", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _forget_all() -> None:
    AcceptedAnswer.objects.all().delete()
    Topic.objects.update(accepted_post=None)
    Topic.objects.all().delete()
    SearchRow.objects.all().delete()
    Space.objects.filter(slug="support").delete()
    Member.objects.filter(is_imported=True).delete()
    Import.objects.all().delete()
