"""The list of communities of this installation: `communities.toml` in KIZUNA_HOME, or the one bundle `main`."""

import os
import re
import threading
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from kizuna.base.hosting.bundle import Community

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]|[a-z0-9]")
DEFAULT_SLUG = "main"


class UnknownCommunity(LookupError):
    """No community of this installation has that slug or host."""


class Directory:
    """Slug and host to Community. Re-read when the file changes; objects of unchanged communities are kept."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / "communities.toml"
        self._path = str(self.file)
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = (-1, -1)
        self._communities: dict[str, Community] = {}
        self._by_host: dict[str, Community] = {}

    def all(self) -> list[Community]:
        self._refresh()
        return list(self._communities.values())

    def get(self, slug: str) -> Community:
        self._refresh()
        try:
            return self._communities[slug]
        except KeyError:
            raise UnknownCommunity(f"There is no community {slug!r}.") from None

    def for_host(self, host: str) -> Community:
        """Return the community that answers on `host` (a port is ignored), or raise UnknownCommunity."""
        self._refresh()
        name = bare_host(host)
        community = self._by_host.get(name)
        if community is None and name in self._default_hosts() and self._communities:
            community = next(iter(self._communities.values()))
        if community is None:
            raise UnknownCommunity(f"No community answers on {name!r}.")
        return community

    def allowed_hosts(self) -> list[str]:
        self._refresh()
        return [*self._default_hosts(), *self._by_host]

    def add(self, *, slug: str, hosts: Iterable[str], database_url: str = "") -> Community:
        """Write a community into the file and return it. Raises ValueError on a bad slug or a name already taken."""
        hosts = tuple(bare_host(host) for host in hosts)
        if not SLUG.fullmatch(slug):
            raise ValueError(f"{slug!r} is not a community slug (lower-case letters, digits and hyphens).")
        entries = _read(self.file) or self._bundle_before_the_file()
        for entry in entries:
            if entry["slug"] == slug:
                raise ValueError(f"The community {slug!r} exists already.")
            if taken := set(hosts) & set(entry.get("hosts", ())):
                raise ValueError(f"{sorted(taken)[0]!r} belongs to the community {entry['slug']!r}.")
        entries.append({"slug": slug, "hosts": list(hosts), "database": database_url})
        self._write(entries)
        return self.get(slug)

    def remove(self, slug: str) -> None:
        self.get(slug)
        self._write([entry for entry in _read(self.file) if entry["slug"] != slug])

    def _bundle_before_the_file(self) -> list[dict]:
        """Return the one bundle that needed no file, so that a second community does not hide it."""
        database_url = os.environ.get("DATABASE_URL", "")
        if not database_url and not (self.home / "communities" / DEFAULT_SLUG).exists():
            return []
        return [{"slug": DEFAULT_SLUG, "hosts": [], "database": database_url}]

    def _write(self, entries: list[dict]) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        temporary = self.file.with_suffix(".toml.new")
        with open(temporary, "w", encoding="utf-8", opener=_private) as out:
            out.write("\n".join(_entry_as_toml(entry) for entry in entries))
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.file)
        self._stamp = (-1, -1)

    def _default_hosts(self) -> list[str]:
        own = _host_of(os.environ.get("KIZUNA_BASE_URL", ""))
        return [*LOOPBACK_HOSTS, *([own] if own else [])]

    def _refresh(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        with self._lock:
            entries = (
                _read(self.file) if stamp else [{"slug": DEFAULT_SLUG, "database": os.environ.get("DATABASE_URL", "")}]
            )
            communities = {entry["slug"]: self._community(entry) for entry in entries}
            self._by_host = {host: item for item in communities.values() for host in item.hosts}
            self._communities = communities
            self._stamp = stamp

    def _community(self, entry: dict) -> Community:
        hosts = tuple(bare_host(host) for host in entry.get("hosts", ()))
        known = self._communities.get(entry["slug"])
        if known and known.hosts == hosts and known.database_url == entry.get("database", ""):
            return known
        return Community(slug=entry["slug"], home=self.home, hosts=hosts, database_url=entry.get("database", ""))


def bare_host(host: str) -> str:
    """Return the host without its port, lower-case (`Example.com:8000` becomes `example.com`)."""
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # the file may hold database passwords


@lru_cache(maxsize=8)
def _host_of(url: str) -> str | None:
    return urlsplit(url).hostname


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # each request asks: no Path on this way
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size


def _read(file: Path) -> list[dict]:
    if not file.exists():
        return []
    with file.open("rb") as source:
        return tomllib.load(source).get("community", [])


def _entry_as_toml(entry: dict) -> str:
    hosts = ", ".join(_quoted(host) for host in entry.get("hosts", ()))
    lines = ["[[community]]", f"slug = {_quoted(entry['slug'])}", f"hosts = [{hosts}]"]
    if entry.get("database"):
        lines.append(f"database = {_quoted(entry['database'])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_directories: dict[str, Directory] = {}


def directory() -> Directory:
    """Return the directory of KIZUNA_HOME."""
    named = os.environ.get("KIZUNA_HOME", "var")
    home = named if named.startswith("/") else os.path.abspath(named)
    found = _directories.get(home)
    return found if found is not None else _directories.setdefault(home, Directory(Path(home)))
