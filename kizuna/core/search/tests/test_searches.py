"""What was searched is kept without showing who: in vain, rising, and whether it helped."""

from datetime import timedelta

import pytest

from kizuna.core.members.viewer import PUBLIC, Viewer
from kizuna.core.search import actions, queries, recording
from kizuna.core.search.models import Search

pytestmark = pytest.mark.django_db


@pytest.fixture
def searched(now):
    """Return a function that records a search."""

    def searched(text, member=None, *, days_ago=0, has_answer=False, is_solved=None):
        from kizuna.base.text.japanese import fold

        actions.record_searches(
            [
                Search(
                    text=text, folded=fold(text), member=member, at=now - timedelta(days=days_ago), result_count=0,
                    has_answer=has_answer, is_solved=is_solved,
                )
            ]
        )  # fmt: skip

    return searched


def test_searches_are_written_together(write, reader, now):
    write(1, "送料の設定")
    for text in ("送料", "のし 名入れ", "！？"):
        results = queries.search(viewer=reader, text=text)
        recording.remember(viewer=reader, results=results, source=Search.Source.PAGE, now=now)
    assert Search.objects.count() == 0
    assert recording.flush() == 2
    assert list(Search.objects.order_by("pk").values_list("text", "has_answer", "result_count")) == [
        ("送料", True, 1),
        ("のし 名入れ", False, 0),
    ]
    assert recording.flush() == 0


def test_in_vain_counts_people_and_joins_spellings(searched, aoi, ben, now):
    searched("のし　名入れ", aoi)
    searched("ノシ 名入れ", ben)
    searched("のし 名入れ", ben)
    searched("送料", aoi)
    searched("送料", ben, has_answer=True)
    searched("領収書", aoi, has_answer=True, is_solved=False)
    searched("古い話", aoi, days_ago=40)
    rows = queries.searches_without_result(days=30, now=now)
    assert [(row.people, row.count) for row in rows] == [(2, 3), (1, 1)]
    assert rows[1].query == "領収書"
    assert not any(hasattr(row, "member") for row in rows)


def test_rising_searches_compare_with_the_week_before(searched, aoi, ben, chie, now):
    for member in (aoi, ben, chie):
        searched("インボイス", member, days_ago=1)
    searched("インボイス", aoi, days_ago=9)
    for days_ago in (1, 9):
        searched("送料", aoi, days_ago=days_ago)
    assert [(row.query, row.people, row.before) for row in queries.rising_searches(now=now)] == [("インボイス", 3, 1)]


def test_the_answer_to_did_you_find_it_is_kept(searched, reader, chie, now):
    searched("送料", chie, has_answer=True)
    actions.rate_search(viewer=reader, text="送料", is_solved=False, now=now)
    assert list(Search.objects.values_list("is_solved", flat=True)) == [False]
    actions.rate_search(viewer=Viewer(audience_ids=(PUBLIC,)), text="送料", is_solved=True, now=now)
    assert Search.objects.filter(is_solved=True, member=None).count() == 1
    actions.rate_search(viewer=reader, text="  ", is_solved=True, now=now)
    assert Search.objects.count() == 2


def test_a_member_who_leaves_leaves_no_name_behind(searched, ben):
    searched("送料", ben)
    ben.delete()
    assert Search.objects.get().member_id is None
