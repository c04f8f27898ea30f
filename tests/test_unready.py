"""A busy database and a full disk are told as such, with when to come again; what was typed stays readable."""

import errno

import pytest
from django.db import InterfaceError, OperationalError, connection

from kizuna.base.web.trouble import trouble_of
from kizuna.engagement.discussions.models import State, Topic
from tests.cast import NOW
from tests.world import make_world

pytestmark = pytest.mark.django_db
TYPED = "箱の大きさは <b>60</b> です。"
LOCKED, FULL = "database is locked", "database or disk is full"


@pytest.fixture
def world(db):
    return make_world(NOW)


def refusing(words):
    def execute(run, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise OperationalError(words)
        return run(sql, params, many, context)

    return connection.execute_wrapper(execute)


def reply(client, topic):
    return client.post(f"/t/{topic.pk}/posts/", {"body": TYPED, "after": "0"})


@pytest.mark.parametrize(("words", "told"), [(LOCKED, "混み合っています"), (FULL, "保存場所がいっぱい")])
def test_a_reply_that_cannot_be_kept_comes_back_with_the_reason(client_of, world, words, told):
    client = client_of(world.members["chie"], raise_request_exception=False)
    with refusing(words):
        answer = reply(client, world.topics["open"])
    page = answer.content.decode()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert told in page
    assert "箱の大きさは &lt;b&gt;60&lt;/b&gt; です。" in page


def test_a_reply_to_a_topic_that_was_removed_meanwhile_comes_back(client_of, world):
    topic = world.topics["open"]
    Topic.objects.filter(pk=topic.pk).update(state=State.DELETED)
    answer = reply(client_of(world.members["chie"]), topic)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ページが見つかりません" in page
    assert "書いていた内容" in page
    assert "箱の大きさは &lt;b&gt;60&lt;/b&gt; です。" in page


@pytest.mark.parametrize(
    ("raised", "status"), [(OperationalError("the connection is closed"), 503), (KeyError("x"), 500)]
)
def test_programs_hear_of_it_as_a_problem_even_before_the_api_is_reached(client_of, world, raised, status):
    def execute(run, sql, params, many, context):
        raise raised

    with connection.execute_wrapper(execute):
        answer = client_of(raise_request_exception=False).get("/api/v1/topics")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_it_is_told_in_the_readers_language(client_of, world):
    client = client_of(world.members["chie"], raise_request_exception=False)
    client.cookies["lang"] = "en"
    type(world.members["chie"]).objects.filter(handle="chie").update(language="en")
    with refusing(FULL):
        assert "There is no room" in reply(client, world.topics["open"]).content.decode()


def test_a_fault_of_the_program_stays_a_500_and_says_nothing_of_itself(client_of, world):
    def execute(run, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise RuntimeError("inner secret")
        return run(sql, params, many, context)

    client = client_of(world.members["chie"], raise_request_exception=False)
    with connection.execute_wrapper(execute):
        answer = reply(client, world.topics["open"])
    assert answer.status_code == 500
    assert "inner secret" not in answer.content.decode()
    assert "Retry-After" not in answer.headers


def test_passwords_are_not_shown_again(client_of, world):
    def execute(run, sql, params, many, context):
        raise OperationalError(LOCKED)

    client = client_of(raise_request_exception=False)
    with connection.execute_wrapper(execute):
        answer = client.post("/signin/", {"login": "a@example.com", "password": "very-secret-words"})
    assert answer.status_code == 503
    assert "very-secret-words" not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OperationalError(LOCKED), "busy"),
        (OperationalError("connection failed: server closed the connection unexpectedly"), "busy"),
        (InterfaceError("connection already closed"), "busy"),
        (OperationalError(FULL), "full"),
        (OperationalError('could not extend file "base/1/2": No space left on device'), "full"),
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (OSError(errno.EACCES, "Permission denied"), None),
        (ValueError("database is locked"), None),
        (None, None),
    ],
)
def test_what_is_no_fault_of_the_program(error, trouble):
    assert trouble_of(error) == trouble
