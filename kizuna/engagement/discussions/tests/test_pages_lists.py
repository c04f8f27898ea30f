"""Lists of topics."""

import re
from datetime import timedelta

import pytest

from kizuna.core.community import actions as community
from kizuna.core.community.models import WordRule
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import IdeaVote, MemberTag, ReadMark, Tag, Topic
from kizuna.engagement.discussions.queries import page_lists, pages
from kizuna.engagement.discussions.tests.page_cast import own_queries, text_of, zipped_bytes
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(questions, chie, ben, now):
    """Make many questions without the work of the action, the newest last."""

    def make(count, **fields):
        topics = [
            Topic(
                space=questions,
                author=chie,
                title=f"質問その{number:03}",
                audience_id=questions.audience_id,
                container_audience_id=questions.audience_id,
                created_at=now + timedelta(minutes=number),
                bumped_at=now + timedelta(minutes=number // 2),  # pairs share a moment
                last_post_author=ben,
                **fields,
            )
            for number in range(count)
        ]
        return Topic.objects.bulk_create(topics)

    return make


def titles_of(page):
    return re.findall(r"質問その\d+", page)


def test_a_space_shows_the_liveliest_first_and_pinned_ones_above(opened, client_of, many, chie, ben, viewer_of, now):
    topics = many(5)
    actions.pin_topic(viewer=viewer_of(ben), topic=topics[0], now=now)
    page = text_of(client_of().get("/s/qa/"))
    assert titles_of(page) == ["質問その000", "質問その004", "質問その003", "質問その002", "質問その001"]
    assert "固定" in page


@pytest.mark.parametrize("sort", ["", "new"])
def test_pages_hold_every_topic_once_and_survive_a_new_one_in_between(opened, client_of, many, ask, chie, sort):
    many(70)
    url, seen = f"/s/qa/?sort={sort}", []
    for turn in range(3):
        page = text_of(client_of().get(url))
        seen += titles_of(page)
        if turn == 0:
            ask(chie)
        following = re.search(r'<a class="btn" href="([^"]+)" rel="next"', page)
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert not url
    assert sorted(seen) == [f"質問その{number:03}" for number in range(70)]


def test_a_made_up_key_starts_at_the_top(opened, client_of, many):
    many(3)
    for key in ("x", "W10", "WzEsMl0", "....", "WzAsOTk5OTk5OTk5OTk5OTk5OTk5OTk5LDFd"):
        response = client_of().get("/s/qa/", {"after": key})
        assert response.status_code == 200
        assert len(titles_of(text_of(response))) == 3


def test_filters_narrow(opened, client_of, ask, reply, chie, ben, emi, viewer_of, now):
    solved, waiting = ask(chie, title="解けた話", tags=["送料"]), ask(chie, title="困った話", tags=["送料"])
    answer = reply(emi, solved)
    actions.accept_answer(viewer=viewer_of(chie), topic=solved, post=answer, now=now)
    actions.follow_topic(viewer=viewer_of(emi), topic=waiting, now=now)

    def shown(person, query):
        page = text_of(client_of(person).get(f"/s/qa/{query}"))
        return {title for title in ("解けた話", "困った話") if f">{title}</a>" in page}

    assert shown(None, "") == {"解けた話", "困った話"}
    assert shown(None, "?filter=solved") == {"解けた話"}
    assert shown(None, "?filter=unsolved") == {"困った話"}
    assert shown(emi, "?filter=following") == {"解けた話", "困った話"}
    assert shown(ben, "?filter=following") == set()
    # A filter of members means nothing to a visitor.
    assert shown(None, "?filter=following") == {"解けた話", "困った話"}
    assert waiting.pk


def test_what_a_member_knows_and_is_needed_for_comes_from_the_tags_they_answered(
    client_of, ask, reply, chie, ben, emi, now
):
    ask(chie, title="送料の話", tags=["送料"])
    ask(chie, title="写真の話", tags=["写真"])
    answered = ask(chie, title="もう答えた話", tags=["送料"])
    reply(emi, answered)
    MemberTag.objects.update_or_create(member=emi, tag=Tag.objects.get(name="送料"), defaults={"answer_count": 2})
    page = text_of(client_of(emi).get("/needed/"))
    assert "送料の話" in page
    assert "写真の話" not in page
    assert "もう答えた話" not in page
    assert "送料の話" in text_of(client_of(emi).get("/s/qa/?filter=mine"))
    assert "写真の話" not in text_of(client_of(emi).get("/s/qa/?filter=mine"))


def test_needed_asks_visitors_to_sign_in(opened, client_of):
    response = client_of().get("/needed/")
    assert response.status_code == 302
    assert response["Location"] == "/signin/?next=/needed/"


def test_a_list_costs_two_queries_for_anybody_however_full_it_is(opened, client_of, many, chie):
    many(3)
    for url in ("/s/qa/", "/latest/"):
        few = [len(own_queries(client_of(person), url)) for person in (None, chie)]
        Topic.objects.exclude(pk=None).update(row_version="")
        many(60)
        full = [len(own_queries(client_of(person), url)) for person in (None, chie)]
        assert few == full
        assert full[0] <= 3
        assert full[1] <= 4


def test_a_full_list_stays_under_25_kilobytes(opened, client_of, many, chie):
    many(40)
    for person in (None, chie):
        assert zipped_bytes(client_of(person).get("/s/qa/")) < 25_000


def test_unread_topics_are_marked_and_lead_to_the_first_unread_post(client_of, viewer_of, ask, reply, chie, emi, now):
    ReadMark.objects.create(member=emi, read_until=now - timedelta(days=1))
    topic = ask(chie)
    assert "post--unread" in text_of(client_of(emi).get("/s/qa/"))
    actions.mark_read(viewer=viewer_of(emi), topic_id=topic.pk, number=1, now=now)
    assert "post--unread" not in text_of(client_of(emi).get("/s/qa/"))
    reply(chie, topic, now=now + timedelta(minutes=1))
    page = text_of(client_of(emi).get("/s/qa/"))
    assert "post--unread" in page
    assert f'href="/t/{topic.pk}/?p=2#p-2"' in page


def test_what_waits_for_a_moderator_is_unread_for_nobody_until_it_is_released(
    client_of, viewer_of, ask, reply, chie, emi, ben, now
):
    community.save_word_rule(word="売ります", effect=WordRule.Effect.HOLD, member_id=ben.pk, now=now)
    ReadMark.objects.create(member=emi, read_until=now - timedelta(days=1))
    topic, client = ask(chie), client_of(emi)
    actions.mark_read(viewer=viewer_of(emi), topic_id=topic.pk, number=1, now=now)
    held = [reply(chie, topic, body="売ります", now=now + timedelta(minutes=minute)) for minute in (1, 2)]
    assert "post--unread" not in text_of(client.get("/s/qa/"))
    assert client.get(f"/t/{topic.pk}/").status_code == 200, "nothing unread to lead to"
    actions.release_post(viewer=viewer_of(ben), post=held[0], now=now + timedelta(minutes=9))
    assert "post--unread" in text_of(client.get("/s/qa/"))
    assert client.get(f"/t/{topic.pk}/")["Location"] == f"/t/{topic.pk}/?p=4#p-4"
    actions.mark_read(viewer=viewer_of(emi), topic_id=topic.pk, number=4, now=now)
    edited = actions.edit_post(
        viewer=viewer_of(chie), post=reply(chie, topic, now=now + timedelta(minutes=10)), body="売ります", now=now
    )
    assert edited.number == 5
    assert "post--unread" not in text_of(client.get("/s/qa/"))


def test_all_read_can_be_taken_back(client_of, ask, chie, emi, now):
    ReadMark.objects.create(member=emi, read_until=now - timedelta(days=1))
    ask(chie)
    client = client_of(emi)
    told = text_of(client.post("/read-mark/", follow=True))
    assert "すべて既読にしました。" in told
    assert "post--unread" not in text_of(client.get("/s/qa/"))
    token = re.search(r'name="undo" value="([^"]+)"', told).group(1)
    client.post("/read-mark/", {"undo": token})
    assert "post--unread" in text_of(client.get("/s/qa/"))


def test_a_space_outside_the_audience_is_not_there(client_of, opened, staff_room, make_space, chie, ben):
    make_space("inside", audience_id=MEMBERS)
    assert client_of().get("/s/inside/").status_code == 404
    assert client_of(chie).get("/s/inside/").status_code == 200
    assert client_of(chie).get("/s/staff-room/").status_code == 404
    assert client_of(ben).get("/s/staff-room/").status_code == 200
    index = text_of(client_of().get("/s/"))
    assert "/s/inside/" not in index
    assert "/s/staff-room/" not in text_of(client_of(chie).get("/s/"))


def test_a_closed_community_shows_visitors_nothing(client_of, ask, chie):
    ask(chie)
    assert client_of().get("/s/qa/").status_code == 404
    assert "/s/qa/" not in text_of(client_of().get("/s/"))
    assert "配送が届きません" not in text_of(client_of().get("/latest/"))


def test_a_tag_shows_what_stands_under_it_in_any_spelling(opened, client_of, ask, chie):
    ask(chie, tags=["サーバー"])
    assert "配送が届きません" in text_of(client_of().get("/tags/サーバ/"))
    assert client_of().get("/tags/ない/").status_code == 404


def test_a_tag_used_only_where_one_may_not_look_does_not_exist(opened, client_of, ask, ben, chie, staff_room):
    ask(ben, space=staff_room, tags=["極秘"])
    response = client_of(chie).get("/tags/極秘/")
    assert response.status_code == 404
    assert "配送が届きません" not in text_of(response)


def test_ideas_are_sorted_by_votes_and_voted_without_a_script(opened, client_of, make_space, viewer_of, chie, emi, now):
    ideas = make_space("ideas", kind="idea", audience_id=PUBLIC)
    first, second = (
        actions.open_topic(viewer=viewer_of(chie), space=ideas, title=title, body="詳しく", now=now)
        for title in ("印刷したい", "並べ替えたい")
    )
    client = client_of(emi)
    assert client.post(f"/t/{first.pk}/vote/", {"on": "1"}).status_code == 302
    assert IdeaVote.objects.filter(topic=first, member=emi).count() == 1
    page = text_of(client.get("/s/ideas/"))
    assert page.index("印刷したい") < page.index("並べ替えたい")
    assert 'aria-pressed="true" aria-label="投票を取り消す 現在1票"' in page
    client.post(f"/t/{first.pk}/vote/", {"on": "0"})
    assert not IdeaVote.objects.exists()
    assert second.pk


def test_a_vote_by_htmx_answers_with_the_new_button(client_of, make_space, viewer_of, chie, emi, now):
    ideas = make_space("ideas", kind="idea", audience_id=PUBLIC)
    topic = actions.open_topic(viewer=viewer_of(chie), space=ideas, title="印刷したい", body="詳しく", now=now)
    page = text_of(client_of(emi).post(f"/t/{topic.pk}/vote/", {"on": "1"}, headers={"HX-Request": "true"}))
    assert page.startswith("<form")
    assert 'value="0"' in page


def test_the_needed_query_reads_only_what_the_viewer_may_see(viewer_of, chie, ben, ask, staff_room):
    ask(ben, space=staff_room, title="内輪の話")
    for narrow in ("", "unsolved", "following", "unanswered"):
        page = page_lists.topics(viewer_of(chie), spaces=list(pages.spaces().values()), narrow=narrow)
        assert "内輪の話" not in [row.title for row in page.rows]


def test_the_home_page_keeps_a_private_solution_for_nobody_but_its_asker(
    client_of, ask, reply, viewer_of, chie, emi, now
):
    topic = ask(chie, title="内緒の請求", urgency="private")
    answer = reply(emi, topic)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    client_of(chie).get("/")
    assert "内緒の請求" not in text_of(client_of(make_member("dan")).get("/"))


def test_the_home_page_shows_what_was_solved_lately_to_those_who_may_see_it(
    opened, client_of, viewer_of, ask, reply, make_space, chie, ben, emi, now
):
    inner = make_space("inner", kind="question", audience_id=STAFF)
    for topic, asker in ((ask(chie), chie), (ask(emi, title="内輪の質問", space=inner), emi)):
        actions.accept_answer(viewer=viewer_of(asker), topic=topic, post=reply(ben, topic), now=now)
    seen = client_of().get("/").content.decode()
    assert "最近解決した質問" in seen
    assert "Benさんの回答" in seen
    assert "内輪の質問" not in seen
    assert "内輪の質問" in client_of(emi).get("/").content.decode()
