"""The pages of knowledge open for whom they may, without JavaScript, in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members.viewer import MEMBERS, STAFF
from kizuna.core.search.models import Search
from kizuna.engagement.knowledge import queries
from kizuna.engagement.knowledge.models import Article

pytestmark = pytest.mark.django_db
ORIGIN = {"HTTP_ORIGIN": "http://testserver"}


def test_a_visitor_reads_what_is_public_and_no_more(client_of, write, opened):
    public, closed = write("公開の記事"), write("会員の記事", audience_id=MEMBERS)
    listed = client_of().get("/k/").content.decode()
    assert "公開の記事" in listed
    assert "会員の記事" not in listed
    assert client_of().get(f"/k/{public.pk}/").status_code == 200
    assert client_of().get(f"/k/{closed.pk}/").status_code == 404


def test_a_closed_community_asks_visitors_to_sign_in(client_of, write):
    article = write()
    assert client_of().get("/k/").status_code == 302
    assert client_of().get(f"/k/{article.pk}/").status_code == 404


@pytest.mark.parametrize("page", ["/k/new/", "/studio/knowledge/", "/k/{pk}/edit/", "/k/{pk}/history/"])
def test_only_staff_keep_articles(client_of, write, aoi, chie, page):
    path = page.format(pk=write().pk)
    assert client_of(aoi).get(path).status_code == 200
    assert client_of(chie).get(path).status_code == 403
    assert client_of().get(path).status_code == 302


def test_it_is_written_kept_and_published(client_of, aoi):
    client = client_of(aoi)
    form = {
        "title": "送料の決め方",
        "kind": "faq",
        "body": "# 手順",
        "audience": "1",
        "owner": aoi.pk,
        "new_category": "送料",
    }
    assert client.post("/k/new/", form).status_code == 302
    article = Article.objects.get()
    assert (article.state, article.category.slug) == ("draft", "送料")
    client.post(
        f"/k/{article.pk}/edit/",
        form | {"title": "送料", "publish": "1", "category": article.category_id, "new_category": ""},
    )
    article.refresh_from_db()
    assert (article.state, article.title) == ("published", "送料")


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(client_of, aoi):
    response = client_of(aoi).post(
        "/k/new/", {"title": "", "body": "残る本文", "kind": "faq", "audience": "1", "owner": aoi.pk}
    )
    assert response.status_code == 422
    assert "残る本文" in response.content.decode()
    assert "id_title_error" in response.content.decode()


def test_nobody_publishes_for_an_audience_they_are_not_in(client_of, emi, write):
    article = write(audience_id=STAFF)
    page = client_of(emi).post(
        f"/k/{article.pk}/edit/", {"title": "x", "kind": "faq", "audience": "999", "owner": emi.pk}
    )
    assert page.status_code == 422


def test_not_yet_asks_why_and_keeps_the_reason(client_of, write, chie):
    article = write()
    client = client_of(chie)
    asked = client.post(f"/k/{article.pk}/feedback/", {"solved": "0"}, **ORIGIN)
    assert "手順のとおりにならない" in asked.content.decode()
    client.post(f"/k/{article.pk}/feedback/", {"solved": "0", "reason": "steps_fail", "comment": "出ない"}, **ORIGIN)
    article.refresh_from_db()
    assert (article.solved_count, article.unsolved_count) == (0, 1)


def test_a_visitor_answers_without_a_cookie_but_not_from_another_site(client_of, write, opened):
    article = write()
    path = f"/k/{article.pk}/feedback/"
    assert client_of(enforce_csrf_checks=True).post(path, {"solved": "1"}, **ORIGIN).status_code == 302
    assert client_of().post(path, {"solved": "1"}, HTTP_ORIGIN="http://evil.test").status_code == 403
    assert client_of().post(path, {"solved": "1"}).status_code == 403
    article.refresh_from_db()
    assert article.solved_count == 1


def test_a_search_in_vain_becomes_an_article_in_two_steps(client_of, aoi):
    page = client_of(aoi).get("/k/new/?title=のし 名入れ").content.decode()
    assert 'value="のし 名入れ"' in page


def test_what_was_written_meanwhile_is_no_longer_in_vain(client_of, aoi, write):
    searched = {
        "text": "のし 名入れ",
        "folded": "のし 名入れ",
        "result_count": 0,
        "has_answer": False,
        "source": "page",
    }
    earlier = timezone.now() - timedelta(hours=2)
    Search.objects.create(at=earlier, **searched)
    assert [row.query for row in queries.searched_in_vain(now=timezone.now())] == ["のし 名入れ"]
    article = write("のし　名入れ")
    Article.objects.filter(pk=article.pk).update(created_at=earlier + timedelta(hours=1))
    assert not queries.searched_in_vain(now=timezone.now())
    assert "のし 名入れ" not in client_of(aoi).get("/studio/knowledge/").content.decode()
    Search.objects.create(at=earlier + timedelta(minutes=90), **searched)  # not found all the same: it comes back
    assert len(queries.searched_in_vain(now=timezone.now())) == 1


def test_search_engines_read_a_question_and_its_answer(client_of, write, opened):
    article = write('"</script><script>alert(1)</script>', kind="faq", short_answer="はい")
    page = client_of().get(f"/k/{article.pk}/").content.decode()
    assert '"@type": "FAQPage"' in page
    assert "</script><script>alert" not in page


def test_pages_cost_a_fixed_number_of_queries(client_of, write, chie, django_assert_max_num_queries):
    for number in range(12):
        write(f"記事{number}")
    article = write("最後")
    client = client_of(chie)
    client.get("/k/")
    with django_assert_max_num_queries(16):
        client.get("/k/")
    with django_assert_max_num_queries(16):
        client.get(f"/k/{article.pk}/")


def test_it_is_written_in_english_too(client_of, write, opened):
    article = write()
    assert "Did this solve it?" in client_of().get(f"/k/{article.pk}/?lang=en").content.decode()
