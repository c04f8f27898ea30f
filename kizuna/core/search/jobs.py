"""Work of the index that follows a change: sentence vectors."""

from kizuna.base.jobs import job
from kizuna.core.search import meaning


@job("search.encode", effects="outside")
def encode() -> int:
    """Give vectors to the rows that lack them; return how many."""
    return meaning.encode_waiting()


@job("search.forget", effects="outside")
def forget() -> None:
    """Blank the vectors of what was removed."""
    meaning.forget_gone()
