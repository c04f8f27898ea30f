"""Keep drawn fragments. A cache beside the row: losing a race or the database's lock loses nothing but the next drawing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from kizuna.engagement.discussions.models import Post, Topic

PATIENCE_MS = 30


def store_posts(drawn: Sequence[tuple[Post, str, dict[str, str]]]) -> None:
    """Store (post as it was drawn, version, html per language), unless the post changed meanwhile."""
    with briefly():
        for post, version, html in drawn:
            unchanged = Post.objects.filter(
                pk=post.pk, fragment_version=post.fragment_version, edited_at=post.edited_at, state=post.state
            )
            unchanged.update(fragment_ja=html["ja"], fragment_en=html["en"], fragment_version=version)


def store_rows(drawn: Sequence[tuple[Topic, str, dict[str, str]]]) -> None:
    """Store (topic as it was drawn, version, html per language), unless the topic changed meanwhile."""
    with briefly():
        for topic, version, html in drawn:
            unchanged = Topic.objects.filter(pk=topic.pk, row_version=topic.row_version, bumped_at=topic.bumped_at)
            unchanged.update(row_ja=html["ja"], row_en=html["en"], row_version=version)


@contextmanager
def briefly() -> Iterator[None]:
    """Write without making a reader wait for a writer: give up at once when the database is busy."""
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    else:
        before = None
    try:
        with transaction.atomic():
            if not is_sqlite:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'")
            yield
    except OperationalError:
        pass  # somebody is writing; the next reader stores it
    finally:
        if before is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
