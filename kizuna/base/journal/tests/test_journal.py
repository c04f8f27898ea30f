"""What was acknowledged is there, once and whole; what was not leaves no trace."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kizuna.base.journal import Journal, NotWritten, Overloaded, backlog_bytes, finished, last_lines, whole_lines

ROOT = Path(__file__).resolve().parents[4]


def lines_of(folder: Path) -> list[bytes]:
    return [line for path in finished(folder) for line in whole_lines(path)]


def test_appended_lines_are_read_back_in_order(tmp_path):
    journal = Journal(tmp_path)
    for number in range(50):
        journal.append(b"%d\n" % number)
    journal.close()
    assert lines_of(tmp_path) == [b"%d\n" % number for number in range(50)]


def test_many_threads_share_a_segment_and_lose_nothing(tmp_path):
    journal = Journal(tmp_path, segment_bytes=200)

    def bring(thread: int) -> None:
        for number in range(40):
            journal.append(b"%d-%d\n" % (thread, number))

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert sorted(lines_of(tmp_path)) == sorted(b"%d-%d\n" % (t, n) for t in range(8) for n in range(40))
    assert len(finished(tmp_path)) > 1


def test_a_segment_in_use_is_not_given_to_readers_until_its_time_is_over(tmp_path):
    journal = Journal(tmp_path, segment_seconds=0.3)
    journal.append(b"first\n")
    assert finished(tmp_path) == []
    deadline = time.monotonic() + 5
    while not finished(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert lines_of(tmp_path) == [b"first\n"]
    journal.close()


def test_a_half_written_line_is_not_read(tmp_path):
    (tmp_path / "1.jsonl").write_bytes(b"whole\nhal")
    assert lines_of(tmp_path) == [b"whole\n"]


def test_a_full_backlog_says_when_to_come_again(tmp_path):
    (tmp_path / "1.jsonl").write_bytes(b"x" * 100)
    journal = Journal(tmp_path, max_backlog_bytes=99)
    with pytest.raises(Overloaded) as raised:
        journal.append(b"line\n")
    assert raised.value.retry_seconds > 0
    assert backlog_bytes(tmp_path) == 100


def test_the_last_lines_are_whole(tmp_path):
    path = tmp_path / "1.open"
    path.write_bytes(b"".join(b"%05d\n" % number for number in range(1000)) + b"half")
    assert last_lines(path, limit=3) == [b"00997", b"00998", b"00999"]
    assert last_lines(path, limit=500, max_bytes=20) == [b"00998", b"00999"]
    assert last_lines(tmp_path / "none", limit=3) == []


WRITER_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from kizuna.base.journal import Journal, NotWritten
journal = Journal(Path(sys.argv[1]))
journal.append(b"a" * 999 + b"\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, resource.RLIM_INFINITY))
try:
    journal.append(b"b" * 499 + b"\\n" + b"c" * 999 + b"\\n")
except NotWritten:
    print("refused", flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(b"d\\n")
journal.close()
"""


def test_a_full_disk_refuses_the_whole_group_and_writing_goes_on_when_there_is_room(tmp_path):
    """The kernel's own limit on the size of a file stands for the full disk."""
    assert hasattr(resource, "RLIMIT_FSIZE")
    printed = subprocess.run(
        [sys.executable, "-c", WRITER_ON_A_FULL_DISK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert printed.stdout == "refused\n", printed.stderr
    assert lines_of(tmp_path) == [b"a" * 999 + b"\n", b"d\n"]


def test_a_folder_that_cannot_be_made_refuses(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten):
        Journal(tmp_path / "file" / "inbox").append(b"line\n")


WRITER = """
import sys, threading
from pathlib import Path
from kizuna.base.journal import Journal
journal = Journal(Path(sys.argv[1]), segment_bytes=5_000)
lock = threading.Lock()
def bring(thread):
    number = 0
    while True:
        line = f"{thread}-{number}"
        journal.append(line.encode() + b"\\n")
        with lock:
            sys.stdout.write(line + "\\n")
            sys.stdout.flush()
        number += 1
for thread in range(4):
    threading.Thread(target=bring, args=(thread,)).start()
"""


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path, seed):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    first = [writer.stdout.readline() for _ in range(20 + 33 * seed)]
    os.kill(writer.pid, signal.SIGKILL)
    told = [*first, *writer.stdout.read().splitlines(keepends=True)]
    writer.wait()
    acknowledged = {line for line in told if line.endswith(b"\n")}
    written = lines_of(tmp_path)
    assert len(acknowledged) >= 20
    assert acknowledged <= set(written)
    assert len(written) == len(set(written))
