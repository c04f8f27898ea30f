"""What asks the same: found, counted, taken out, grouped; and how well, on the set the thresholds were chosen with."""

import itertools
import json
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.core.search.encoder import client
from kizuna.success.answering import actions, likeness, queries
from kizuna.success.answering.models import InquiryFeatures, InquiryTerm, SimilarLink
from kizuna.success.answering.tests.conftest import HOLIDAYS
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db


def test_the_measured_precision_of_words_holds():
    data = json.loads((settings.BASE_DIR / "bench" / "inquiries-ja.json").read_text())
    items = [(name, *said) for name, rows in data["subjects"].items() for said in rows]
    items += [(None, *said) for said in data["alone"]]
    texts = [likeness.Features(likeness.terms_of(title, body)) for _name, title, body in items]
    held = Counter(term for text in texts for term in text.terms)
    worths = {term: likeness.worth(count, len(texts)) for term, count in held.items()}
    right = wrong = 0
    for one, other in itertools.combinations(range(len(items)), 2):
        if likeness.nearness(texts[one], texts[other], worths).is_same:
            same = items[one][0] is not None and items[one][0] == items[other][0]
            right, wrong = right + same, wrong + (not same)
    assert right / (right + wrong) >= 0.95
    assert right >= 40  # of 88 pairs, by words alone


def test_those_that_ask_the_same_are_found_and_counted(holidays, desk):
    now = timezone.now()
    found = queries.similar_to(desk, holidays[0], days=14, now=now)
    assert {row.pk for row in found.rows} == {row.pk for row in holidays}
    assert (found.accounts, found.unknown, len(found.waiting), found.waiting_accounts) == (3, 1, 4, 3)
    assert found.channels == [("mail", 4)]
    assert queries.counts_of([holidays[1].pk], now=now) == {holidays[1].pk: 4}
    for row in holidays:
        inbox.note_minutes(viewer=desk, inquiry=row, minutes=30, now=now)
    found = queries.similar_to(desk, holidays[0], days=14, now=now)
    assert (found.minutes_all, found.minutes_waiting) == (120, 120)


def test_no_word_of_a_customer_is_kept(holidays):
    row = InquiryFeatures.objects.get(pk=holidays[0].pk)
    assert row.terms
    assert all(isinstance(term, int) for term in row.terms)
    assert InquiryTerm.objects.filter(inquiry=holidays[0]).count() == len(row.terms)


def test_what_was_taken_out_stays_out_after_comparing_again(holidays, desk, compare):
    now = timezone.now()
    count = actions.remove_similar(viewer=desk, inquiry=holidays[0], ids=[holidays[1].pk, 999_999], now=now)
    assert count == 1
    InquiryFeatures.objects.update(is_linked=False)
    compare()
    assert holidays[1] not in queries.similar_to(desk, holidays[0], days=14, now=now).rows
    assert holidays[0] not in queries.similar_to(desk, holidays[1], days=14, now=now).rows
    assert queries.similar_to(desk, holidays[0], days=14, now=now).removed == [holidays[1]]
    actions.remove_similar(viewer=desk, inquiry=holidays[0], ids=[holidays[1].pk], now=now, again=True)
    assert holidays[1] in queries.similar_to(desk, holidays[0], days=14, now=now).rows


def test_the_period_counts(holidays, ask, compare, desk):
    old = ask("年末年始の休業日を商品ページに出したい", "商品ページに年末年始の休業日を表示したいです。", days=20)
    compare()
    now = timezone.now()
    assert old not in queries.similar_to(desk, holidays[0], days=14, now=now).rows
    assert old in queries.similar_to(desk, holidays[0], days=30, now=now).rows


def test_groups_that_grow_are_shown_without_opening_one(holidays, desk):
    groups, is_cut = queries.growing(desk, now=timezone.now())
    assert not is_cut
    assert [(group.count, group.accounts, group.waiting, group.before) for group in groups] == [(4, 3, 4, 0)]
    assert groups[0].first in holidays


def test_members_see_none_of_it(holidays, chie, viewer_of):
    member = viewer_of(chie)
    now = timezone.now()
    assert queries.similar_to(member, holidays[0], days=14, now=now).rows == [holidays[0]]
    assert queries.growing(member, now=now) == ([], False)
    with pytest.raises(Refused):
        actions.remove_similar(viewer=member, inquiry=holidays[0], ids=[holidays[1].pk], now=now)


def test_inquiries_are_in_no_search(holidays, aoi, client_of):
    page = client_of(aoi).get("/search/", {"q": "年末年始の休業日"}).content.decode()
    assert "年末年始の休業日の表示" not in page


def test_a_meaning_that_comes_later_changes_the_links(holidays, monkeypatch):
    """The encoder was away; when it is back, what only shares words is let go."""
    assert SimilarLink.objects.filter(inquiry=holidays[0]).exists()
    marks = iter(range(1, 100))

    def strange(texts, *, seconds=60.0):
        return [bytes([127 if at == mark else 0 for at in range(512)]) for mark in itertools.islice(marks, len(texts))]

    monkeypatch.setattr(client, "meanings_of", strange)
    InquiryFeatures.objects.filter(pk__in=[row.pk for row in holidays]).update(needs_meaning=True)
    assert actions.give_meanings(limit=50) >= 4
    actions.link_waiting(now=timezone.now(), limit=100)
    scores = SimilarLink.objects.values_list("score", flat=True)
    assert all(score >= likeness.NEAR for score in scores)


def test_what_is_quoted_is_not_compared(holidays, ask, compare, desk):
    quoted = "\n\n2026年11月16日(月) 15:02 サポート:\n> 請求書の宛名を変えました。\n> 写真が横向きになります。"
    row = ask(HOLIDAYS[0][0], HOLIDAYS[0][1] + quoted)
    compare()
    assert {one.pk for one in queries.similar_to(desk, row, days=14, now=timezone.now()).rows} >= {
        one.pk for one in holidays
    }
    assert InquiryFeatures.objects.get(pk=row.pk).terms == InquiryFeatures.objects.get(pk=holidays[0].pk).terms


def test_spam_and_what_lies_far_back_is_not_taken_in(ask, compare, desk):
    spam = ask("年末年始", "休業日")
    inbox.close_inquiry(viewer=desk, inquiry=spam, because="spam", now=timezone.now())
    old = ask("休業日", "年末年始", days=500)
    compare()
    assert not InquiryFeatures.objects.filter(pk__in=[spam.pk, old.pk]).exists()


def test_reading_takes_few_statements_however_many_there_are(holidays, ask, desk, django_assert_max_num_queries):
    for number in range(30):
        row = ask(f"休業日 {number}", "年末年始")
        for one, other in ((holidays[0], row), (row, holidays[0])):
            SimilarLink.objects.create(inquiry=one, other=other, other_received_at=other.received_at, score=1)
    now = timezone.now()
    with django_assert_max_num_queries(8):
        assert len(queries.similar_to(desk, holidays[0], days=14, now=now).rows) == 34
    ids = list(Inquiry.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(1):
        queries.counts_of(ids, now=now)


def test_comparing_one_reads_no_more_in_a_large_inbox(holidays, desk, django_assert_max_num_queries):
    now = timezone.now()
    rows = [
        Inquiry(title=f"件 {number}", channel="mail", received_at=now - timedelta(hours=number), created_at=now, updated_at=now)
        for number in range(600)
    ]  # fmt: skip
    Inquiry.objects.bulk_create(rows)
    terms = InquiryFeatures.objects.get(pk=holidays[0].pk).terms
    InquiryTerm.objects.bulk_create(
        [InquiryTerm(inquiry=row, term=term, received_at=row.received_at) for row in rows for term in terms[:3]],
        batch_size=500,
    )
    features = queries.features_of(InquiryFeatures.objects.get(pk=holidays[0].pk))
    with django_assert_max_num_queries(24):
        weights = queries.weights_of(features.terms, now=now)
        found = queries.near(features, weights, since=now - timedelta(days=90), until=now, without=holidays[0].pk)
    assert {row.pk for row in holidays[1:]} == set(found)
