"""`kizuna serve` is one tree: it answers, mends itself, and leaves nothing behind however it ends."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kizuna.interfaces.cli.errors import UsageError
from kizuna.interfaces.cli.listening import require_free_port, require_safe_address
from kizuna.interfaces.cli.supervisor import STOP_SECONDS

ROOT = Path(__file__).resolve().parents[4]
PATIENCE_SECONDS = 60

pytestmark = pytest.mark.kill


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "still waiting"
        time.sleep(0.05)
    return found


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def family_of(pid: int) -> list[int]:
    return [pid] + [member for child in children_of(pid) for member in family_of(child)]


# A process may end between the opening and the reading of its files: the first says FileNotFoundError, the second
# ProcessLookupError, and both say that it is gone.
def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Tree:
    """A running `kizuna serve`."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kizuna", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name != "KIZUNA_PROCESS"},
                "PYTHONPATH": str(ROOT),
            },
        )
        self.family: list[int] = []

    def get(self, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def wait_until_complete(self) -> None:
        """Wait until the pages answer and a worker has been seen; note every process of the tree."""
        wait_until(lambda: self.get("/readyz")[0] == 200)
        self.family = wait_until(lambda: family if len(family := family_of(self.process.pid)) >= 4 else None)

    def member(self, name: str) -> int:
        return next(pid for pid in children_of(self.process.pid) if f"kizuna {name}" in command_of(pid))

    def end(self) -> None:
        for pid in {*self.family, *family_of(self.process.pid)}:
            if is_alive(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def tree(lent_communities):
    made = Tree()
    yield made
    made.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_both_communities_and_stops_with_nothing_left(tree, number):
    tree.wait_until_complete()
    assert tree.get("/healthz")[0] == 200
    assert tree.get("/anything", "sakura.test")[0] not in (0, 421)
    assert tree.get("/anything", "minato.test:80")[0] not in (0, 421)
    assert tree.get("/anything", "elsewhere.test")[0] == 421
    tree.process.send_signal(number)
    assert tree.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert not [pid for pid in tree.family if is_alive(pid)]


def test_its_children_end_when_it_is_killed(tree):
    tree.wait_until_complete()
    tree.process.kill()
    wait_until(lambda: not [pid for pid in tree.family if is_alive(pid)])


@pytest.mark.parametrize("name", ["worker", "web"])
def test_it_starts_a_killed_child_again(tree, name):
    tree.wait_until_complete()
    old = tree.member(name)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: not is_alive(old))
    wait_until(lambda: any(f"kizuna {name}" in command_of(pid) for pid in children_of(tree.process.pid)))
    tree.wait_until_complete()
    assert tree.member(name) != old


def test_a_killed_web_process_is_replaced(tree):
    tree.wait_until_complete()
    [old] = children_of(tree.member("web"))
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: children_of(tree.member("web")) not in ([], [old]))
    wait_until(lambda: tree.get("/healthz")[0] == 200)


def test_it_stops_at_once_while_it_is_still_starting(tree):
    # A child is no "kizuna web" yet between its birth and its first instruction.
    wait_until(
        lambda: any("kizuna web" in command_of(pid) and children_of(pid) for pid in children_of(tree.process.pid))
    )
    tree.family = family_of(tree.process.pid)
    began = time.monotonic()
    tree.process.terminate()
    assert tree.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert time.monotonic() - began < STOP_SECONDS, "a child had to be killed"
    assert not [pid for pid in tree.family if is_alive(pid)]


def test_it_refuses_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="--port"):
        require_free_port("127.0.0.1", taken.getsockname()[1])


def test_it_refuses_plain_http_beyond_this_machine(monkeypatch):
    with pytest.raises(UsageError, match="https"):
        require_safe_address("0.0.0.0")
    monkeypatch.setenv("KIZUNA_BASE_URL", "http://community.example.com")
    with pytest.raises(UsageError):
        require_safe_address("0.0.0.0")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_it_serves_this_machine_without_https(host):
    require_safe_address(host)


def test_it_listens_everywhere_behind_a_proxy_with_https(monkeypatch):
    monkeypatch.setenv("KIZUNA_BASE_URL", "https://community.example.com")
    require_safe_address("0.0.0.0")
