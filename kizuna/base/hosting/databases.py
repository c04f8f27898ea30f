"""Database settings of a community: durable SQLite by default, PostgreSQL by URL."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# An acknowledged write must survive a power cut, so FULL and never NORMAL (reference: reliability promise R1).
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
    "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456; PRAGMA foreign_keys=ON"
)
WEB_WAIT_SECONDS = 3
OTHER_WAIT_SECONDS = 20
WEB_STATEMENT_TIMEOUT_MS = 15_000
CONNECTION_MAX_AGE_SECONDS = 600


class BadDatabaseURL(ValueError):
    """The database URL is neither sqlite:///PATH nor postgres://USER:PASSWORD@HOST:PORT/NAME."""


def is_web_process() -> bool:
    return os.environ.get("KIZUNA_PROCESS") == "web"


def database_settings(*, url: str, folder: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry for `url`, or for the bundle's own SQLite file when it is empty."""
    if not url:
        return _sqlite(folder / "db.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts)
    raise BadDatabaseURL(f"Unsupported database URL scheme {parts.scheme!r}")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": CONNECTION_MAX_AGE_SECONDS,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": WEB_WAIT_SECONDS if is_web_process() else OTHER_WAIT_SECONDS,
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgresql(parts: Any) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    keeps_plans = options.pop("prepared_statements", "on") != "off"
    # At their first use; only `base.rows.read_rows` has statements prepared, and keeps their plans for all parameters.
    options["prepare_threshold"] = 0 if keeps_plans else None
    flags = [
        options.get("options", ""),
        "-c plan_cache_mode=force_generic_plan" if keeps_plans else "",
        f"-c statement_timeout={WEB_STATEMENT_TIMEOUT_MS}" if is_web_process() else "",
    ]
    if any(flags):
        options["options"] = " ".join(filter(None, flags))
    options.setdefault("connect_timeout", "5")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": CONNECTION_MAX_AGE_SECONDS,
        "OPTIONS": options,
    }
