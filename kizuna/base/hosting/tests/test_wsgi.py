"""Many threads, two host names, one process: what belongs to one community never shows in the other."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import Context
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from kizuna.base.hosting import NoCommunity, current, current_or_none, entered
from kizuna.base.hosting.wsgi import HostedApplication
from kizuna.base.jobs import declared, ledger
from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community.models import Generation

HOSTS = {"sakura": "sakura.test", "minato": "minato.test:8000"}
THREADS = 16


@declared.job("test.mark_by_job")
def mark_by_job(*, mark: str) -> None:
    leave(f"job of {mark}")


def leave(mark: str) -> None:
    Generation.objects.create(name=mark)


def marks() -> list[str]:
    return sorted(Generation.objects.filter(name__contains="mark ").values_list("name", flat=True))


def write(request):
    with transaction.atomic():
        leave(request.GET["mark"])
        ledger.enqueue("test.mark_by_job", args={"mark": request.GET["mark"]})
    return HttpResponse(current().slug)


def read(request):
    return HttpResponse("\n".join(marks()))


def stream(request):
    def late() -> Iterator[str]:
        for name in marks():
            yield f"{current().slug}: {name}\n"
        yield f"{Generation.objects.filter(name__contains='mark ').count()} in {current().slug}\n"

    return StreamingHttpResponse(late())


def fail(request):
    leave("mark of a failing view")
    raise ValueError("on purpose")


urlpatterns = [path("write", write), path("read", read), path("stream", stream), path("fail", fail)]


@pytest.fixture
def application(settings, communities, sakura):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    settings.KIZUNA_JOBS = [__name__]
    declared._by_name.cache_clear()
    yield HostedApplication(WSGIHandler())
    declared._by_name.cache_clear()
    inside("minato", communities, Generation.objects.filter(name__contains="mark ").delete)
    inside("minato", communities, Job.objects.all().delete)


def inside(slug, communities, work):
    def body():
        with entered(communities[slug]), closing(connection):
            return work()

    return Context().run(body)


def get(application, host: str, address: str) -> tuple[str, str]:
    """Ask as a server's thread does: outside of any community, reading the body after the call."""
    return Context().run(_get, application, host, address)


def _get(application, host: str, address: str) -> tuple[str, str]:
    where, _, query = address.partition("?")
    answer: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    body = application(environ, lambda status, headers, *more: answer.append(status))
    assert current_or_none() is None, "the call left its community entered"
    try:
        text = b"".join(body).decode()
    finally:
        if hasattr(body, "close"):
            body.close()
    assert current_or_none() is None, "the body left its community entered"
    return answer[0], text


@pytest.mark.django_db(transaction=True)
def test_nothing_crosses_between_two_communities_under_threads_streams_and_jobs(application, communities):
    draw = random.Random(17)
    work = [(slug, number) for slug in HOSTS for number in range(60)]
    draw.shuffle(work)

    def visit(task: tuple[str, int]) -> list[str]:
        slug, number = task
        host = HOSTS[slug]
        assert get(application, host, f"/write?mark=mark+{slug}+{number}") == ("200 OK", slug)
        _, shown = get(application, host, "/read")
        _, streamed = get(application, host, "/stream")
        assert f"mark {slug} {number}" in shown.split("\n"), "an acknowledged write cannot be read"
        other = next(name for name in HOSTS if name != slug)
        assert f"mark {other}" not in shown + streamed
        assert f"{other}:" not in streamed
        return [shown, streamed]

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(list(pool.map(visit, work))) == len(work)
    with ThreadPoolExecutor(2) as pool:
        ran = list(pool.map(lambda slug: inside(slug, communities, run_waiting), HOSTS))
    assert ran == [60, 60]
    for slug in HOSTS:
        expected = [f"mark {slug} {number}" for number in range(60)]
        expected += [f"job of mark {slug} {number}" for number in range(60)]
        assert inside(slug, communities, marks) == sorted(expected)


@pytest.mark.django_db(transaction=True)
def test_a_streamed_answer_is_read_in_its_community_even_while_another_is_served(application, communities):
    for slug in HOSTS:
        inside(slug, communities, lambda slug=slug: leave(f"mark {slug}"))

    def start(host: str):
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": "/stream", "HTTP_HOST": host, "SERVER_NAME": host, "SERVER_PORT": "80",
            "wsgi.input": BytesIO(), "wsgi.url_scheme": "http",
        }  # fmt: skip
        return application(environ, lambda *_: None)

    def interleaved() -> list[bytes]:
        bodies = [start(host) for host in HOSTS.values()]
        parts = [iter(body) for body in bodies]
        read = [next(part) for part in (*parts, *parts)]
        for body in bodies:
            body.close()
        return read

    assert Context().run(interleaved) == [
        b"sakura: mark sakura\n",
        b"minato: mark minato\n",
        b"1 in sakura\n",
        b"1 in minato\n",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_failing_view_leaves_no_community_entered(application):
    status, _ = get(application, "sakura.test", "/fail")
    assert status.startswith("500")


def test_an_unknown_host_is_refused_before_django(communities):
    status, text = get(HostedApplication(None), "elsewhere.test", "/read")
    assert status.startswith("421")
    assert "no community" in text


def test_an_early_answer_enters_no_community():
    seen = []

    def early(environ, start_response):
        seen.append(current_or_none())
        start_response("200 OK", [])
        return [b"early"]

    assert get(HostedApplication(None, early=early), "elsewhere.test", "/") == ("200 OK", "early")
    assert seen == [None]


def test_a_complete_answer_is_handed_over_as_a_closed_list(communities):
    closed = []

    class Complete:
        streaming = False

        def __iter__(self):
            return iter([b"a", b"b"])

        def close(self):
            closed.append(current().slug)

    application = HostedApplication(lambda environ, start_response: Complete())
    body = Context().run(application, {"HTTP_HOST": "sakura.test"}, None)
    assert body == [b"a", b"b"]
    assert closed == ["sakura"]


def test_a_query_in_a_thread_of_its_own_fails_closed(sakura):
    with ThreadPoolExecutor(1) as pool, pytest.raises(NoCommunity):
        pool.submit(Context().run, marks).result()
