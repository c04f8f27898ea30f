"""A parent with child processes: restarts one that dies, stops all together, leaves none behind."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from kizuna.interfaces.cli.parent_death import die_with_parent

STOP_SECONDS = 35  # a job in hand may take 30 s, a request as long
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 10.0
LOOK_SECONDS = 1.0
CANNOT_START = 2  # the status of a command that refuses its arguments or its settings


@dataclass
class Child:
    """One child: how to start it and how it has been doing."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    is_optional: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    was_steady: bool = False
    has_given_up: bool = False


class Supervisor:
    """Keeps `children` running until SIGTERM, SIGINT or SIGHUP; a second signal ends them at once."""

    def __init__(self, children: list[Child], *, on_tick: Callable[[], None] | None = None) -> None:
        self.children = children
        self.on_tick = on_tick
        self.signals = 0
        self.status = 0

    def run(self) -> int:
        """Supervise; return the exit status: 0 after a signal, that of a child which cannot even start."""
        read_end, write_end = os.pipe()
        os.set_blocking(write_end, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._count_signal)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            while not self.signals and not self.status:
                self._tend()
                if self.on_tick is not None:
                    self.on_tick()
                self._wait(read_end, LOOK_SECONDS)
        finally:
            self._stop(read_end)
        return self.status

    def _count_signal(self, *_: Any) -> None:
        self.signals += 1

    def _tend(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.start_at and not child.has_given_up:
                    _start(child)
            elif child.process.poll() is not None:
                self._ended(child, now)
            elif now - child.started_at > STEADY_SECONDS:
                child.was_steady, child.pause = True, FIRST_PAUSE_SECONDS

    def _ended(self, child: Child, now: float) -> None:
        status = child.process.returncode if child.process else 0
        child.process = None
        if not child.was_steady and status == CANNOT_START:  # starting again cannot help
            child.has_given_up = True
            self.status = 0 if child.is_optional else status
            return
        print(f"kizuna: {child.name} ended ({_described(status)}), starting again", file=sys.stderr, flush=True)
        child.start_at = now + child.pause
        child.pause = min(LONGEST_PAUSE_SECONDS, child.pause * 2)

    def _stop(self, read_end: int) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        first = self.signals
        while any(process.poll() is None for process in running):
            if time.monotonic() > deadline or self.signals > max(first, 1):
                for process in running:
                    _kill_group(process)
            self._wait(read_end, 0.2)
        for process in running:
            _kill_group(process)  # what a child left behind

    def _wait(self, read_end: int, seconds: float) -> None:
        ready, _, _ = select.select([read_end], [], [], seconds)
        if ready:
            os.read(read_end, 1024)


def _start(child: Child) -> None:
    parent = os.getpid()
    child.started_at = time.monotonic()
    child.process = subprocess.Popen(  # noqa: S603 (our own command)
        [sys.executable, "-m", "kizuna", *child.arguments],
        env={**os.environ, **child.environment},
        process_group=0,  # Ctrl-C reaches the parent alone, which stops the children in order
        preexec_fn=lambda: die_with_parent(parent=parent),
    )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _described(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
