"""Make the index again from the texts of its rows: after a new dictionary, a restore, or damage."""

from collections.abc import Callable

from django.db import connection, transaction

from kizuna.base import registry
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.text import tokens
from kizuna.core.search import meaning
from kizuna.core.search.actions import ENCODE, free_ids
from kizuna.core.search.engines import engine
from kizuna.core.search.models import SearchRow, SearchText
from kizuna.core.search.rows import entry, is_of_its_time, retokenised, row_id_of

BATCH = 500


def rebuild(*, report: Callable[[str], None]) -> int:
    """Empty the index and fill it again; return how many rows. Searches meanwhile find what is in already."""
    engine().clear()
    _renumber()
    count, last = 0, 0
    while texts := list(SearchText.objects.filter(row_id__gt=last).order_by("row_id")[:BATCH]):
        _fill(texts)
        count, last = count + len(texts), texts[-1].row_id
        report(f"search: {count}")
    with transaction.atomic():
        meaning.encode_all_again()
        enqueue(ENCODE, key=ENCODE, priority=-3)
    return count


def _renumber() -> None:
    """Give rows whose time was changed, or that are older than this kind of id, the id that their time asks for."""
    last = 0
    while rows := list(SearchRow.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        _move([row for row in rows if not is_of_its_time(row.pk, row.created_at)])


@transaction.atomic
def _move(rows: list[SearchRow]) -> None:
    moves = [(new, old) for old, new in free_ids({row.pk: row_id_of(vars(row)) for row in rows}).items()]
    with connection.cursor() as cursor:
        # The foreign key is checked at the end of the transaction, when its row has the new id, too.
        cursor.executemany("UPDATE search_searchtext SET row_id = %s WHERE row_id = %s", moves)
        cursor.executemany("UPDATE search_searchrow SET id = %s WHERE id = %s", moves)


def is_outdated() -> bool:
    """Tell whether rows were tokenised by another version of the dictionary or of our rules."""
    return SearchText.objects.exclude(tokens_version=tokens.TOKENS_VERSION).exists()


@transaction.atomic
def _fill(texts: list[SearchText]) -> None:
    stale = [text for text in texts if text.tokens_version != tokens.TOKENS_VERSION]
    for text in stale:
        retokenised(text)
    SearchText.objects.bulk_update(
        stale, ["title_words", "body_words", "title_letters", "body_letters", "tokens_version"], batch_size=100
    )
    engine().add([entry(text.row_id, text) for text in texts])


REBUILD = registry.Rebuild("search", rebuild)
