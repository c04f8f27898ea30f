"""Articles are written by staff, kept with their history, and rated once by each reader."""

from datetime import timedelta

import pytest
from django.http import Http404

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.core.search import queries as search
from kizuna.engagement.knowledge import actions, queries
from kizuna.engagement.knowledge.actions import Content
from kizuna.engagement.knowledge.consumers import review_when_source_changes
from kizuna.engagement.knowledge.models import Article, ArticleFeedback, ArticleRevision

pytestmark = pytest.mark.django_db


def found(viewer, text):
    return [hit.title for hit in search.search(viewer=viewer, text=text, types=["article"], limit=10).items]


def test_a_draft_is_seen_and_found_by_nobody_else(write, viewer_of, chie, opened):
    article = write(is_published=False)
    with pytest.raises(Http404):
        queries.article_for(viewer_of(chie), article.pk)
    assert not found(viewer_of(chie), "定期便")


def test_publishing_shows_finds_and_records_it(write, viewer_of, chie, opened):
    article = write("定期便の変更")
    assert queries.article_for(viewer_of(chie), article.pk) == article
    assert found(viewer_of(None), "定期便") == ["定期便の変更"]
    assert Activity.objects.get(verb="article.published").object_id == article.pk


def test_its_audience_is_the_gate_everywhere(write, viewer_of, chie, emi, opened):
    write("運営の手順", audience_id=STAFF)
    write("会員の手順", audience_id=MEMBERS)
    assert found(viewer_of(None), "手順") == []
    assert found(viewer_of(chie), "手順") == ["会員の手順"]
    assert set(found(viewer_of(emi), "手順")) == {"運営の手順", "会員の手順"}


def test_a_member_may_not_write(viewer_of, chie, now):
    with pytest.raises(Refused):
        actions.write_article(viewer=viewer_of(chie), content=Content(title="x", body="", audience_id=PUBLIC), now=now)


def test_a_change_keeps_what_was(write, viewer_of, aoi, now):
    article = write("前の題")
    content = Content(title="新しい題", body="新しい本文", audience_id=MEMBERS, owner_id=aoi.pk)
    actions.change_article(viewer=viewer_of(aoi), article=article, content=content, now=now)
    assert ArticleRevision.objects.get().title == "前の題"
    assert found(viewer_of(aoi), "新しい題") == ["新しい題"]
    assert found(viewer_of(None), "新しい題") == []


def test_archiving_takes_it_out_of_search_and_publishing_brings_it_back(write, viewer_of, aoi, chie, now, opened):
    article = write("消える記事")
    actions.archive_article(viewer=viewer_of(aoi), article=article, now=now)
    assert not found(viewer_of(chie), "消える記事")
    article.refresh_from_db()
    actions.publish_article(viewer=viewer_of(aoi), article=article, now=now)
    assert found(viewer_of(chie), "消える記事") == ["消える記事"]


def test_hostile_markdown_does_nothing(write):
    article = write("<script>alert(1)</script>", body="<img src=x onerror=alert(1)> [x](javascript:alert(1))")
    assert "<script" not in article.html
    assert "<img" not in article.html
    assert 'href="javascript' not in article.html


def test_each_reader_counts_once_and_may_change_their_mind(write, viewer_of, chie, now):
    article = write()
    for is_solved in (True, True, False):
        actions.rate_article(viewer=viewer_of(chie), article=article, is_solved=is_solved, now=now, reason="not_found")
    article.refresh_from_db()
    assert (article.solved_count, article.unsolved_count) == (0, 1)
    assert ArticleFeedback.objects.get().reason == "not_found"
    assert Activity.objects.filter(verb="article.rated").count() == 2


def test_a_visitor_may_rate_without_a_name(write, viewer_of, opened, now):
    article = write()
    for key in ("a" * 32, "a" * 32, "b" * 32):
        actions.rate_article(viewer=viewer_of(None), article=article, is_solved=True, now=now, visitor_key=key)
    article.refresh_from_db()
    assert article.solved_count == 2


def test_lists_show_what_is_late_first(write, viewer_of, aoi, now):
    today = now.date()
    write("来年", review_on=today + timedelta(days=200), owner_id=aoi.pk)
    write("もうすぐ", review_on=today + timedelta(days=3), owner_id=aoi.pk)
    write("遅れ", review_on=today - timedelta(days=3), owner_id=aoi.pk)
    assert [article.title for article in queries.to_review(viewer_of(aoi), today=today)] == ["遅れ", "もうすぐ"]


def test_a_changed_answer_brings_its_article_up_for_review(write, now):
    article = write(source=("topic", 12), review_on=now.date() + timedelta(days=90))
    other = write("別", source=("topic", 13), review_on=now.date() + timedelta(days=90))
    review_when_source_changes(activity=Activity(verb="post.edited", at=now, props={"topic": 12}))
    article.refresh_from_db()
    other.refresh_from_db()
    assert article.review_on == now.date() + timedelta(days=1)
    assert other.review_on == now.date() + timedelta(days=90)


def test_an_import_is_kept_once_and_mails_nobody(viewer_of, aoi, now):
    rows = [{"external_id": f"faq:{n}", "title": f"質問{n}", "body": f"答え{n}", "category": "一般"} for n in range(3)]
    first = actions.import_articles(viewer=viewer_of(aoi), rows=rows, import_id=1, audience_id=PUBLIC, now=now)
    again = actions.import_articles(viewer=viewer_of(aoi), rows=rows, import_id=2, audience_id=PUBLIC, now=now)
    assert (len(first), len(again), Article.objects.count()) == (3, 0, 3)
    assert set(Activity.objects.values_list("import_id", flat=True)) == {1}
    assert found(viewer_of(aoi), "質問2")[0] == "質問2"


def test_imported_answers_are_counted_once_and_are_history(write, viewer_of, aoi, now):
    article = write()
    rows = [
        {"visitor_key": "a", "is_solved": True, "at": now},
        {"visitor_key": "b", "is_solved": False, "reason": "steps_fail", "at": now},
    ]
    for _again in range(2):
        actions.import_feedback(viewer=viewer_of(aoi), article=article, rows=rows, import_id=7)
    article.refresh_from_db()
    assert (article.solved_count, article.unsolved_count) == (1, 1)
    assert [fact.import_id for fact in Activity.objects.filter(verb="article.rated")] == [7, 7]


def test_a_member_may_not_import_answers(write, viewer_of, chie):
    with pytest.raises(Refused):
        actions.import_feedback(viewer=viewer_of(chie), article=write(), rows=[], import_id=7)
