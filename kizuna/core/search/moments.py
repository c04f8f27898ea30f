"""Times in statements of our own: SQLite gives them without their zone, which is always UTC."""

from datetime import UTC, datetime


def from_database(value: datetime) -> datetime:
    """Return the aware time of a column read by a statement of our own."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)
