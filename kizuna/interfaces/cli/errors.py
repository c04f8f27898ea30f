"""What a command shows without a trace: what it was asked wrongly, and a database that cannot do it."""

NO_CONNECTION = (
    "The database does not answer, or there is none of that name. Check DATABASE_URL, `--database` or communities.toml."
)

# Parts of what SQLite and PostgreSQL say, and what it means to whoever runs the command. Read by word, because the
# processes that supervise others stay without Django.
# The first that is found counts: a connection that fails may well say that something "does not exist".
MEANINGS = {
    "unable to open database file": "There is no database yet, or it cannot be opened. Run `kizuna migrate`.",
    "no such table": "The database has no tables yet, or not today's. Run `kizuna migrate`.",
    "no such column": "The database has not today's tables. Run `kizuna migrate`.",
    "connection failed": NO_CONNECTION,
    "connection timeout expired": NO_CONNECTION,
    "does not exist": "The database has not today's tables. Run `kizuna migrate`.",
    "disk is full": "The disk is full. Make room and run it again.",
    "No space left on device": "The disk is full. Make room and run it again.",
    "database is locked": "Another process is writing into the database. Run it again in a moment.",
}


class UsageError(Exception):
    """What was asked cannot be done; the message says why and what to do. Ends the command with status 2."""


def meaning(error: Exception) -> str | None:
    """Return a sentence for an error of the database or of the disk that has one."""
    if type(error).__module__ != "django.db.utils" and not isinstance(error, OSError):
        return None
    words = " ".join(str(error).split())
    found = next((sentence for part, sentence in MEANINGS.items() if part in words), None)
    return f"{found} ({words})" if found else None
