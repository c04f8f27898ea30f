"""Write the index, inside the transaction of the change it follows."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.text.japanese import fold
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.engines import engine
from kizuna.core.search.models import Search, SearchRow, SearchText
from kizuna.core.search.rows import Prepared, entry, is_of_its_time, prepared, row_id_of

ENCODE = "search.encode"
LONGEST_SEARCH = 400
RATED_WITHIN = timedelta(hours=12)
_BATCH = 500
Key = TypeVar("Key")


def index(
    *,
    target_type: str,
    target_id: int,
    parent_id: int,
    kind: str,
    title: str,
    body: str,
    author_id: int | None,
    audience_id: int,
    container_audience_id: int,
    created_at: datetime,
    tags: Iterable[str] = (),
    is_solved: bool = False,
    votes: int = 0,
    lang: str = "ja",
    parent_type: str = "",
    space: str = "",
    url: str = "",
    external_id: str = "",
    is_new: bool = False,
) -> None:
    """Index a thing, or index it again. `body` is plain text; things with one parent are one result.

    `is_new` spares looking for what the index holds of it; only who has just made the thing may say so.
    """
    values = {name: value for name, value in locals().items() if name != "is_new"}
    index_many([values], are_new=is_new)


def index_many(rows: Iterable[Mapping[str, Any]], *, are_new: bool = False) -> None:
    """Index many things (the arguments of `index` each), in few statements."""
    by_key = {item.key: item for item in map(prepared, rows)}
    if not by_key:
        return
    with transaction.atomic():
        if are_new and len(by_key) == 1:
            # Two things written in the same millisecond would have to meet in one of two million places: not asked for.
            ids = {key: row_id_of(item.row) for key, item in by_key.items()}
        else:
            known = {} if are_new else _taken_out(by_key)
            ids = known | free_ids({key: row_id_of(item.row) for key, item in by_key.items() if key not in known})
        _write(list(by_key.values()), ids, are_new=are_new)
        if any(item.row["needs_vector"] for item in by_key.values()):
            enqueue(ENCODE, key=ENCODE, priority=-3)


def free_ids(wanted: Mapping[Key, int]) -> dict[Key, int]:
    """Return an id nobody has for each wanted one. Those of one moment (an import knows days only) may meet: the later moves on."""
    taken: set[int] = set()
    numbers = list(wanted.values())
    for start in range(0, len(numbers), _BATCH):
        found = SearchRow.objects.filter(pk__in=numbers[start : start + _BATCH])
        taken.update(found.values_list("pk", flat=True))
    free = {}
    for key, first in wanted.items():
        number = first
        while number in taken or (number != first and SearchRow.objects.filter(pk=number).exists()):
            number += 1
        taken.add(number)
        free[key] = number
    return free


def remove(*, target_type: str, target_id: int) -> None:
    """Take a thing out of the index; nothing happens when it is not in it."""
    with transaction.atomic():
        _forget([(target_type, target_id)])
        SearchRow.objects.filter(target_type=target_type, target_id=target_id).delete()


def remove_parent(*, parent_type: str, parent_id: int) -> None:
    """Take out everything of one parent: a topic with all its posts."""
    with transaction.atomic():
        keys = SearchRow.objects.filter(parent_type=parent_type, parent_id=parent_id)
        _forget(list(keys.values_list("target_type", "target_id")))
        keys.delete()


def change_audience(*, parent_type: str, parent_id: int, audience_id: int, container_audience_id: int) -> None:
    """Put everything of one parent before another audience, at once."""
    rows = SearchRow.objects.filter(parent_type=parent_type, parent_id=parent_id)
    rows.update(audience_id=audience_id, container_audience_id=container_audience_id)


def change_place(*, space: str, container_audience_id: int, renamed_to: str = "") -> None:
    """Follow a space or category whose audience or slug changed."""
    SearchRow.objects.filter(place=space).update(place=renamed_to or space, container_audience_id=container_audience_id)


def record_searches(searches: list[Search]) -> None:
    """Write what was searched since the last time; called every few seconds, off the request."""
    Search.objects.bulk_create(searches, batch_size=_BATCH)


def forget_searcher(*, member_id: int) -> int:
    """Remove what a member searched for; return how many searches."""
    return Search.objects.filter(member_id=member_id).delete()[0]


def rate_search(*, viewer: Viewer, text: str, is_solved: bool, now: datetime) -> None:
    """Keep a person's answer to "Did you find it?". A visitor's counts as one voice among all visitors' searches."""
    text = " ".join(text.split())[:LONGEST_SEARCH]
    if not text:
        return
    own = Search.objects.filter(member_id=viewer.member_id, folded=fold(text)[:LONGEST_SEARCH])
    last = own.filter(at__gte=now - RATED_WITHIN).order_by("-at").first() if viewer.is_member else None
    if last is not None:
        Search.objects.filter(pk=last.pk).update(is_solved=is_solved)
        return
    Search.objects.create(
        text=text,
        folded=fold(text)[:LONGEST_SEARCH],
        member_id=viewer.member_id,
        at=now,
        result_count=0,
        has_answer=is_solved,
        source=Search.Source.PAGE,
        is_solved=is_solved,
    )


def _forget(keys: Iterable[tuple[str, int]]) -> None:
    """Take the tokens of rows that exist out of the index; the rows stay to be written again or deleted."""
    by_type: dict[str, list[int]] = {}
    for target_type, target_id in keys:
        by_type.setdefault(target_type, []).append(target_id)
    for target_type, ids in by_type.items():
        for start in range(0, len(ids), _BATCH):
            texts = SearchText.objects.filter(
                row__target_type=target_type, row__target_id__in=ids[start : start + _BATCH]
            )
            engine().remove([entry(text.row_id, text) for text in texts])


def _taken_out(by_key: Mapping[tuple[str, int], Prepared]) -> dict[tuple[str, int], int]:
    """Take the tokens of these things out of the index and return the ids that their rows keep."""
    _forget(by_key)
    known, moved = {}, []
    for target_type in {key[0] for key in by_key}:
        ids = [target_id for kind, target_id in by_key if kind == target_type]
        for start in range(0, len(ids), _BATCH):
            rows = SearchRow.objects.filter(target_type=target_type, target_id__in=ids[start : start + _BATCH])
            for pk, target_id in rows.values_list("pk", "target_id"):
                if is_of_its_time(pk, by_key[target_type, target_id].row["created_at"]):
                    known[target_type, target_id] = pk
                else:
                    moved.append(pk)
    SearchRow.objects.filter(pk__in=moved).delete()
    return known


def _write(items: list[Prepared], ids: Mapping[tuple[str, int], int], *, are_new: bool) -> None:
    row_fields = [name for name in items[0].row if name not in ("target_type", "target_id")]
    SearchRow.objects.bulk_create(
        [SearchRow(pk=ids[item.key], **item.row) for item in items],
        batch_size=_BATCH,
        **({} if are_new else {"update_conflicts": True, "unique_fields": ["id"], "update_fields": row_fields}),
    )
    SearchText.objects.bulk_create(
        [SearchText(row_id=ids[item.key], **item.text) for item in items],
        batch_size=_BATCH,
        **(
            {}
            if are_new
            else {"update_conflicts": True, "unique_fields": ["row"], "update_fields": list(items[0].text)}
        ),
    )
    engine().add([entry(ids[item.key], item.text) for item in items])
