"""Ids made of times: the index gives the newest first, whatever order things were written in."""

from datetime import timedelta
from itertools import count

import pytest

from kizuna.core.search import actions, queries, rows
from kizuna.core.search.models import SearchRow, SearchText
from kizuna.core.search.rebuild import rebuild
from kizuna.core.search.tests.conftest import WRITTEN


def newest(reader, text, **options):
    return [hit.id for hit in queries.search(viewer=reader, text=text, order=queries.NEWEST, **options).items]


def meeting_numbers():
    """Return two numbers of topics that get the same id when they were written at the same time."""
    seen = {}
    for number in count(1):
        wanted = rows.row_id_of({"target_type": "topic", "target_id": number, "created_at": WRITTEN})
        if wanted in seen:
            return seen[wanted], number
        seen[wanted] = number


def test_what_is_older_stands_behind_though_it_was_written_later(write, reader):
    write(1, "送料の話", created_at=WRITTEN)
    write(2, "送料の話", created_at=WRITTEN - timedelta(days=4000))
    write(3, "送料の話", created_at=WRITTEN + timedelta(milliseconds=1))
    assert newest(reader, "送料") == [3, 1, 2]


@pytest.mark.parametrize("together", [True, False])
def test_two_of_one_moment_never_take_one_place(write, reader, together):
    first, second = meeting_numbers()
    values = {
        "target_type": "topic", "kind": "question", "title": "送料の話", "body": "", "author_id": None,
        "audience_id": 1, "container_audience_id": 1, "created_at": WRITTEN,
        "is_solved": False, "votes": 0, "lang": "ja",
    }  # fmt: skip
    if together:
        actions.index_many([{**values, "target_id": number, "parent_id": number} for number in (first, second)])
    else:
        write(first, "送料の話")
        write(second, "送料の話")
    assert sorted(newest(reader, "送料")) == sorted([first, second])
    assert newest(reader, "送料", limit=1) != newest(reader, "送料", limit=2)[1:]


def test_a_changed_time_moves_the_row_and_its_text(write, reader):
    write(1, "送料の話", created_at=WRITTEN)
    write(2, "送料の話", created_at=WRITTEN + timedelta(days=1))
    write(1, "送料の話", created_at=WRITTEN + timedelta(days=2))
    assert newest(reader, "送料") == [1, 2]
    assert SearchRow.objects.count() == SearchText.objects.count() == 2


def test_a_rebuild_gives_rows_of_another_time_their_place(write, reader):
    for number in (1, 2, 3):
        write(number, "送料の話", created_at=WRITTEN - timedelta(days=number))
    for place, row in enumerate(SearchRow.objects.order_by("pk"), start=1):  # as an older version numbered them
        SearchText.objects.filter(row_id=row.pk).update(row_id=100 - place)
        SearchRow.objects.filter(pk=row.pk).update(id=100 - place)
    rebuild(report=lambda line: None)
    assert newest(reader, "送料") == [1, 2, 3]
    assert all(rows.is_of_its_time(row.pk, row.created_at) for row in SearchRow.objects.all())


@pytest.mark.parametrize("after", ["9" * 19, str(1 << 63), "9" * 400, "-1", "٣", "n:", "n:x", "r:" + "9" * 30])
def test_an_invented_place_begins_at_the_top(write, reader, after):
    write(1, "送料の話")
    for order in (queries.NEWEST, queries.RELEVANCE):
        assert queries.search(viewer=reader, text="送料", order=order, after=after) is not None
