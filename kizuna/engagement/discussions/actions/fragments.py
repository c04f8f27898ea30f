"""Keep drawn fragments. A cache beside the row: losing a race or the database's lock loses nothing but the next drawing."""

from collections.abc import Callable, Sequence

from django.db import OperationalError, connection, transaction

from kizuna.engagement.discussions.models import Post, Topic

PATIENCE_MS = 30


def store_posts(drawn: Sequence[tuple[Post, str, dict[str, str]]]) -> None:
    """Store (post as it was drawn, version, html per language), unless the post changed meanwhile."""

    def write() -> None:
        for post, version, html in drawn:
            unchanged = Post.objects.filter(
                pk=post.pk, fragment_version=post.fragment_version, edited_at=post.edited_at, state=post.state
            )
            unchanged.update(fragment_ja=html["ja"], fragment_en=html["en"], fragment_version=version)

    _try_briefly(write)


def store_rows(drawn: Sequence[tuple[Topic, str, dict[str, str]]]) -> None:
    """Store (topic as it was drawn, version, html per language), unless the topic changed meanwhile."""

    def write() -> None:
        for topic, version, html in drawn:
            unchanged = Topic.objects.filter(pk=topic.pk, row_version=topic.row_version, bumped_at=topic.bumped_at)
            unchanged.update(row_ja=html["ja"], row_en=html["en"], row_version=version)

    _try_briefly(write)


def _try_briefly(write: Callable[[], None]) -> None:
    """Write without making a reader wait for a writer: give up when the database is busy."""
    patience = _shorten_patience()
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'")
            write()
    except OperationalError:
        pass  # somebody is writing; the next reader stores it
    finally:
        if patience is not None:
            _set_patience(patience)


def _shorten_patience() -> int | None:
    """Let SQLite wait only a moment for the lock, and return how long it waited before."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
    _set_patience(PATIENCE_MS)
    return before


def _set_patience(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
