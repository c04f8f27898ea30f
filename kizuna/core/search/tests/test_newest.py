"""Ids made of times: the index gives the newest first, whatever order things were written in."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection

from kizuna.core.search import actions, queries, rows
from kizuna.core.search.engines import GRAMS, engine
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


@pytest.mark.parametrize("frequency", [1, 3, 4, 6, 1000], ids=str)
@pytest.mark.parametrize("limit", [1, 4, 50])
def test_the_newest_that_hold_a_term_are_found_however_often_it_is_thought_to_stand(write, limit, frequency):
    """Across years of silence, and where the number of rows is guessed too low or too high."""
    days = (0, 1, 6, 7, 900, 901, 1500, 1501, 1502, 4000)
    for number, back in enumerate(days):
        write(number + 1, "送料の話" if number % 3 else "別の話", created_at=WRITTEN - timedelta(days=back))
    statement, parameters = engine().newest_holding(GRAMS, "送料", limit=limit, frequency=frequency)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM ({statement}) AS f ORDER BY id DESC", parameters)
        found = [row[0] for row in cursor.fetchall()]
    holding = SearchRow.objects.filter(target_id__in=[2, 3, 5, 6, 8, 9]).order_by("-pk").values_list("pk", flat=True)
    assert found == list(holding[:limit])


def test_an_empty_index_holds_nothing(db):
    statement, parameters = engine().newest_holding(GRAMS, "送料", limit=5, frequency=100)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.fetchall() == []


def test_results_already_shown_do_not_come_again_behind_the_best(write, reader):
    """The best by relevance are left out where the rest is read, also when they are the newest."""
    for number in range(1, 61):
        write(number, "送料の話", created_at=WRITTEN + timedelta(minutes=number))
        for reply in range(4):
            write(number * 100 + reply, "", "送料です", post_of=number, created_at=WRITTEN + timedelta(minutes=number))
    pages, after = [], ""
    while not pages or after:
        page = queries.search(viewer=reader, text="送料", limit=20, after=after)
        pages.append({hit.id for hit in page.items})
        after = page.next
    best, *rest = pages
    assert set().union(*pages) == set(range(1, 61))
    assert rest
    assert not best & set().union(*rest)
