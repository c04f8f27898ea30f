"""Times in statements of our own: SQLite gives and takes them without their zone, which is always UTC."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection


def from_database(value: datetime) -> datetime:
    """Return the aware time of a column read by a statement of our own."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def to_database(value: datetime) -> Any:
    """Return a time as a parameter of a statement of our own."""
    return connection.ops.adapt_datetimefield_value(value)
