"""Keep the vectors of rows up to date, by asking the encoder process in small batches."""

from math import inf
from time import monotonic

from kizuna.core.search.encoder import client
from kizuna.core.search.models import SearchRow, SearchText
from kizuna.core.search.rows import WITHOUT_VECTOR

BATCH = 32


def encode_waiting(*, seconds: float = inf) -> int:
    """Give vectors to the rows that lack them for some seconds; return how many got one.

    When the encoder is away they wait for the next time.
    """
    count, end = 0, monotonic() + seconds
    while monotonic() < end and (
        texts := list(SearchText.objects.filter(row__needs_vector=True).order_by("row_id")[:BATCH])
    ):
        try:
            client.encode_into_file([(text.row_id, text.title, text.body) for text in texts])
        except client.EncoderAway:
            return count
        _mark_encoded(texts)
        count += len(texts)
    return count


def is_waiting() -> bool:
    """Tell whether rows lack their vectors."""
    return SearchText.objects.filter(row__needs_vector=True).exists()


def forget_gone() -> None:
    """Blank the vectors of rows that were removed since."""
    with_vector = SearchRow.objects.filter(needs_vector=False, target_type__in=_types_with_vector())
    try:
        client.keep_only_in_file(list(with_vector.values_list("pk", flat=True)))
    except client.EncoderAway:
        return


def encode_all_again() -> int:
    """Let every row with a vector be encoded anew; return how many."""
    return SearchRow.objects.filter(target_type__in=_types_with_vector()).update(needs_vector=True)


def _types_with_vector() -> list[str]:
    types = SearchRow.objects.values_list("target_type", flat=True).distinct()
    return [name for name in types if name not in WITHOUT_VECTOR]


def _mark_encoded(texts: list[SearchText]) -> None:
    """Take the rows off the list, except those whose text changed while it was encoded."""
    now = dict(SearchText.objects.filter(pk__in=[text.pk for text in texts]).values_list("pk", "body"))
    done = [text.pk for text in texts if now.get(text.pk) == text.body]
    SearchRow.objects.filter(pk__in=done).update(needs_vector=False)
