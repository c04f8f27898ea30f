"""Work of the index that follows a change: sentence vectors."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.base.jobs.ledger import enqueue
from kizuna.core.search import meaning

SECONDS_AT_ONCE = 3.0  # a community has one worker on SQLite: mail and notifications wait for it so long


@job("search.encode", effects="outside")
def encode() -> None:
    """Give vectors to the rows that lack them; while many do, other jobs come in between."""
    if meaning.encode_waiting(seconds=SECONDS_AT_ONCE) and meaning.is_waiting():
        enqueue("search.encode", key="search.encode", run_at=timezone.now(), priority=-2)


@job("search.forget", effects="outside")
def forget() -> None:
    """Blank the vectors of what was removed."""
    meaning.forget_gone()
