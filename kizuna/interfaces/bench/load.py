"""Ask a server on this machine, bounded in count and time: by `wrk` where it is installed, else by our own client."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
WRK_REPORT = """
done = function(summary, latency, requests)
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"p50":%f,"p95":%f,"errors":%d,"bytes":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout, summary.bytes))
end
"""


@dataclass
class Outcome:
    """Requests answered well in `seconds`, with latencies in ms."""

    requests: int = 0
    seconds: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    errors: int = 0
    client: str = ""
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


def get(port: int, path: str, *, headers: dict[str, str], concurrency: int, seconds: float) -> Outcome:
    """Ask for one page again and again over `concurrency` kept connections."""
    if shutil.which("wrk"):
        return _by_wrk(port, path, headers, concurrency, seconds)
    request = _request("GET", path, headers, b"")
    return asyncio.run(_by_ourselves(port, _same(request), concurrency, seconds))


def send(
    port: int, requests: list[bytes], *, concurrency: int, seconds: float, per_second: float | None = None
) -> Outcome:
    """Send each prepared request once, over `concurrency` connections, for at most `seconds`, not faster than `per_second`."""
    return asyncio.run(_by_ourselves(port, iter(requests), concurrency, seconds, per_second))


def prepared(path: str, headers: dict[str, str], body: bytes) -> bytes:
    return _request("POST", path, headers, body)


def _request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _same(request: bytes) -> Iterable[bytes]:
    while True:
        yield request


def _by_wrk(port: int, path: str, headers: dict[str, str], concurrency: int, seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "report.lua"
        script.write_text(WRK_REPORT)
        command = ["wrk", "-t1", f"-c{concurrency}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        printed = subprocess.run([*command, f"http://{HOST}:{port}{path}"], capture_output=True, check=True, text=True)  # noqa: S603
    found = json.loads(printed.stdout.strip().splitlines()[-1])
    good = found["requests"] - found["errors"]
    return Outcome(good, found["seconds"], found["p50"], found["p95"], found["errors"], client="wrk")


async def _by_ourselves(
    port: int, requests: Iterable[bytes], concurrency: int, seconds: float, per_second: float | None = None
) -> Outcome:
    outcome = Outcome(client="own")
    gap = 1 / per_second if per_second else 0.0
    began = time.monotonic()
    waiting = iter((began + number * gap, request) for number, request in enumerate(requests))
    end = time.monotonic() + seconds
    start = time.perf_counter()
    await asyncio.gather(*(_connection(port, waiting, end, outcome) for _number in range(concurrency)))
    outcome.seconds = time.perf_counter() - start
    outcome.latencies.sort()
    if outcome.latencies:
        outcome.p50_ms = outcome.latencies[len(outcome.latencies) // 2]
        outcome.p95_ms = outcome.latencies[int(len(outcome.latencies) * 0.95)]
    return outcome


async def _connection(port: int, waiting: Iterator[tuple[float, bytes]], end: float, outcome: Outcome) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    for due_at, request in waiting:
        if (early := due_at - time.monotonic()) > 0:
            await asyncio.sleep(early)
        if time.monotonic() > end:
            break
        start = time.perf_counter()
        writer.write(request)
        try:
            status, closes = await _answer(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            status, closes = 599, True  # hung up without an answer
        outcome.latencies.append((time.perf_counter() - start) * 1000)
        if status < 400:
            outcome.requests += 1
        else:
            outcome.errors += 1
        if closes:
            writer.close()
            reader, writer = await asyncio.open_connection(HOST, port)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(length)
    elif "transfer-encoding: chunked" in head:
        await _chunks(reader)
    return int(head[9:12]), "connection: close" in head


async def _chunks(reader: asyncio.StreamReader) -> None:
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        await reader.readexactly(size + 2)
        if size == 0:
            return
