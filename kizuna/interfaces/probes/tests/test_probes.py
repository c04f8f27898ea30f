"""Health, readiness and metrics answer without a community, and tell strangers nothing."""

from contextvars import Context
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from kizuna.base.hosting.wsgi import HostedApplication
from kizuna.base.jobs.models import Job, WorkerHeartbeat
from kizuna.interfaces.probes import health
from kizuna.interfaces.probes.metrics import MeasuredApplication
from kizuna.interfaces.probes.wsgi import answer_probe


def page(environ, start_response):
    start_response("200 OK", [])
    return [b"a page"]


APPLICATION = MeasuredApplication(HostedApplication(page, early=answer_probe))


def get(path: str, **environ: str) -> tuple[int, str]:
    answer: list[str] = []
    asked = {"PATH_INFO": path, "HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1", **environ}
    body = Context().run(APPLICATION, asked, lambda status, headers, *more: answer.append(status))
    return int(answer[0][:3]), b"".join(body).decode()


def seen(minutes: float = 0) -> None:
    WorkerHeartbeat.objects.create(worker="one", seen_at=timezone.now() - timedelta(minutes=minutes))


@pytest.fixture
def only_sakura(communities, monkeypatch):
    """Look at one community, so that its findings alone decide."""

    class Directory:
        def all(self):
            return [communities["sakura"]]

    monkeypatch.setattr(health, "directory", Directory)


def test_health_needs_no_host_and_no_database():
    assert get("/healthz", HTTP_HOST="elsewhere.test") == (200, "ok\n")


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_when_a_worker_was_seen(only_sakura):
    seen()
    assert get("/readyz") == (200, "directory: ok\nsakura: ok\n")


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_when_no_worker_was_ever_seen(only_sakura):
    status, text = get("/readyz")
    assert status == 503
    assert "sakura: no worker has been seen" in text


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_when_the_worker_is_silent(only_sakura):
    seen(minutes=10)
    status, text = get("/readyz")
    assert status == 503
    assert "600 seconds old" in text


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_when_a_database_does_not_answer(only_sakura):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_workerheartbeat RENAME TO away")
    status, text = get("/readyz")
    assert status == 503
    assert "does not answer" in text


@pytest.mark.django_db(transaction=True)
def test_many_communities_are_looked_at_some_at_a_time(communities, monkeypatch):
    many = [communities["sakura"]] * (health.COMMUNITIES_PER_LOOK * 3)
    monkeypatch.setattr(health, "directory", type("Directory", (), {"all": lambda self: many}))
    seen()
    assert len(health.readiness()) == 1 + health.COMMUNITIES_PER_LOOK


@pytest.mark.django_db(transaction=True)
def test_a_stranger_learns_only_whether_it_is_ready(only_sakura):
    assert get("/readyz", REMOTE_ADDR="203.0.113.9") == (503, "not ready\n")


@pytest.mark.django_db(transaction=True)
def test_metrics_count_requests_and_jobs_by_community(communities):
    Job.objects.create(name="x", state=Job.State.FAILED, run_at=timezone.now(), created_at=timezone.now())
    assert get("/", HTTP_HOST="sakura.test") == (200, "a page")
    status, text = get("/metrics")
    assert status == 200
    assert 'kizuna_jobs{community="sakura",state="failed"} 1.0' in text
    assert 'kizuna_jobs{community="minato",state="failed"} 0.0' in text
    assert 'kizuna_requests_total{community="sakura",status="2xx"}' in text
    assert 'kizuna_request_seconds_count{community="sakura"}' in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_HOST": "sakura.test"},
        {"HTTP_AUTHORIZATION": "Bearer wrong", "REMOTE_ADDR": "203.0.113.9"},
    ],
)
def test_metrics_are_hidden_from_others(environ, monkeypatch):
    monkeypatch.setenv("KIZUNA_METRICS_TOKEN", "right")
    assert get("/metrics", **environ)[0] == 404


@pytest.mark.django_db(transaction=True)
def test_metrics_are_shown_to_who_holds_the_token(communities, monkeypatch):
    monkeypatch.setenv("KIZUNA_METRICS_TOKEN", "right")
    assert get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer right")[0] == 200


def test_no_token_is_no_key(monkeypatch):
    monkeypatch.delenv("KIZUNA_METRICS_TOKEN", raising=False)
    assert get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer ")[0] == 404
