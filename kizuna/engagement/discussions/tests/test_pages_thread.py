"""The page of a topic."""

import re
from datetime import timedelta

import pytest

from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.models import Post, Topic, TopicRead
from kizuna.engagement.discussions.queries import pages
from kizuna.engagement.discussions.tests.page_cast import fill, main_of, own_queries, text_of, zipped_bytes
from tests.cast import make_member

pytestmark = pytest.mark.django_db


def test_it_shows_question_accepted_answer_and_the_others_in_this_order(
    opened, client_of, ask, reply, chie, ben, emi, viewer_of, now
):
    topic = ask(chie)
    reply(emi, topic, body="ほかの回答です。")
    answer = reply(ben, topic, body="これで届きます。")
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now + timedelta(minutes=42))
    page = main_of(client_of().get(f"/t/{topic.pk}/"))
    places = [page.index(words) for words in ("三日たっても", "ベストアンサー", "これで届きます。", "ほかの回答です。")]
    assert places == sorted(places)
    assert "42分" in page


def test_remarks_stand_under_their_answer(opened, client_of, ask, reply, chie, ben):
    topic = ask(chie)
    answer = reply(ben, topic, body="回答です。")
    reply(chie, topic, body="ありがとうございます。", reply_to=answer)
    page = main_of(client_of().get(f"/t/{topic.pk}/"))
    under = page[page.index('class="replies"') :]
    assert "ありがとうございます。" in under
    assert page.count('class="answer" id="p-2"') == 1
    assert 'class="answer" id="p-3"' not in page


def test_a_member_lands_at_the_first_unread_post_of_the_right_part(client_of, ask, chie, ben, emi, now):
    topic = ask(chie)
    fill(topic, [ben, emi], 70, now=now)
    TopicRead.objects.filter(member=chie).delete()
    TopicRead.objects.create(member=chie, topic=topic, last_read_number=40, read_at=now)
    response = client_of(chie).get(f"/t/{topic.pk}/")
    assert response.status_code == 302
    assert response["Location"] == f"/t/{topic.pk}/?p=41#p-41"
    page = text_of(client_of(chie).get(response["Location"]))
    assert 'id="p-31"' in page
    assert 'id="p-41"' in page
    assert 'id="p-61"' not in page
    assert "未読の投稿が31件あります。" in page


def test_who_has_read_everything_sees_the_beginning(client_of, ask, chie, ben, now):
    topic = ask(chie)
    fill(topic, [ben], 40, now=now)
    TopicRead.objects.filter(member=chie).update(last_read_number=41)
    assert client_of(chie).get(f"/t/{topic.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [("?after=0", 1, 30), ("?after=30", 31, 60), ("?after=45", 31, 60), ("?p=61", 61, 66), ("?p=9999", 61, 66)],
)
def test_a_long_thread_comes_in_parts_of_thirty_numbers(opened, client_of, ask, chie, ben, now, query, first, last):
    topic = ask(chie)
    fill(topic, [ben], 65, now=now)
    page = text_of(client_of().get(f"/t/{topic.pk}/{query}"))
    numbers = [int(number) for number in re.findall(r'id="p-(\d+)"', page)]
    assert (min(numbers), max(numbers)) == (first, last)


def test_an_accepted_answer_far_below_stands_on_the_first_part(opened, client_of, ask, chie, ben, viewer_of, now):
    topic = ask(chie)
    fill(topic, [ben], 65, now=now)
    far = Post.objects.get(topic=topic, number=50)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=far, now=now)
    page = text_of(client_of().get(f"/t/{topic.pk}/"))
    assert page.index('id="p-50"') < page.index('id="p-2"')
    assert 'id="p-31"' not in page
    assert 'id="p-50"' not in text_of(client_of().get(f"/t/{topic.pk}/?after=30"))
    assert 'class="answer--accepted answer" id="p-50"' in text_of(client_of().get(f"/t/{topic.pk}/?p=50"))


def test_words_in_the_address_lead_to_the_address_without_them(opened, client_of, ask, chie):
    topic = ask(chie)
    response = client_of().get(f"/t/{topic.pk}/haisou/?p=1")
    assert response.status_code == 301
    assert response["Location"] == f"/t/{topic.pk}/?p=1"


def test_a_visitor_costs_three_queries_and_a_member_four_however_long_the_thread_is(
    opened, client_of, ask, chie, ben, emi, viewer_of, now
):
    topic = ask(chie)
    fill(topic, [ben, emi], 8, now=now)
    answer = Post.objects.get(topic=topic, number=3)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    url = f"/t/{topic.pk}/?after=0"
    short = [len(own_queries(client_of(person), url)) for person in (None, ben)]
    fill(topic, [ben, emi], 200, now=now)
    long = [len(own_queries(client_of(person), url)) for person in (None, ben)]
    assert short == long
    assert long[0] <= 3
    assert long[1] <= 4


def test_an_idea_costs_no_more(opened, client_of, make_space, viewer_of, chie, aoi, ben, now):
    ideas = make_space("ideas", kind="idea", audience_id=PUBLIC)
    topic = actions.open_topic(viewer=viewer_of(chie), space=ideas, title="印刷したい", body="手書き風に", now=now)
    actions.change_idea_status(viewer=viewer_of(aoi), topic=topic, status="planned", note="12月の予定", now=now)
    assert len(own_queries(client_of(), f"/t/{topic.pk}/")) <= 3
    assert len(own_queries(client_of(ben), f"/t/{topic.pk}/")) <= 4
    page = text_of(client_of(ben).get(f"/t/{topic.pk}/"))
    assert "開発予定" in page
    assert "12月の予定" in page


def test_a_full_page_stays_under_25_kilobytes(opened, client_of, ask, chie, ben, emi, now):
    topic = ask(chie)
    body = "<p>" + "".join(chr(0x4E00 + place * 7 % 3000) for place in range(200)) + "{number}</p>"
    fill(topic, [ben, emi], 40, now=now, body=body)
    for person in (None, chie):
        assert zipped_bytes(client_of(person).get(f"/t/{topic.pk}/?after=0")) < 25_000


def test_a_visitors_page_is_the_same_for_all_and_sets_no_cookie(opened, client_of, ask, chie):
    topic = ask(chie)
    response = client_of().get(f"/t/{topic.pk}/")
    assert response["X-Kizuna-Visitors"] == "same"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in text_of(response)


def test_reading_marks_how_far_and_never_back(client_of, ask, chie, ben, now):
    topic = ask(chie)
    fill(topic, [ben], 40, now=now)
    client = client_of(ben)
    for number in ("30", "10", "9999"):
        assert (
            client.post(f"/t/{topic.pk}/read-mark/", {"number": number}, headers={"HX-Request": "true"}).status_code
            == 204
        )
    assert TopicRead.objects.get(member=ben, topic=topic).last_read_number == 41


def test_opening_a_page_marks_nothing(client_of, ask, chie, ben):
    topic = ask(chie)
    client_of(ben).get(f"/t/{topic.pk}/")
    assert not TopicRead.objects.filter(member=ben).exists()


def test_a_page_view_is_counted(opened, client_of, ask, chie):
    topic = ask(chie)
    client_of().get(f"/t/{topic.pk}/")
    client_of(chie).get(f"/t/{topic.pk}/?after=0")
    assert actions.flush_views() == 2
    assert Topic.objects.get(pk=topic.pk).view_count == 2


def test_an_asker_with_answers_is_asked_whether_it_is_solved(client_of, ask, reply, chie, ben):
    topic = ask(chie)
    words = "解決しましたか？"
    assert words not in text_of(client_of(chie).get(f"/t/{topic.pk}/?after=0"))
    reply(ben, topic)
    assert words in text_of(client_of(chie).get(f"/t/{topic.pk}/?after=0"))
    assert words not in text_of(client_of(ben).get(f"/t/{topic.pk}/?after=0"))


def test_what_staff_may_do_is_not_in_the_page_of_others(opened, client_of, ask, reply, chie, ben):
    topic = ask(chie)
    reply(ben, topic)
    assert "運営の操作" in text_of(client_of(ben).get(f"/t/{topic.pk}/?after=0"))
    for person in (None, chie):
        page = text_of(client_of(person).get(f"/t/{topic.pk}/?after=0"))
        assert "運営の操作" not in page
        assert "/hide/" not in page


def test_a_deleted_post_is_shown_to_its_author_with_the_way_back_and_to_nobody_else(
    opened, client_of, ask, reply, chie, emi, viewer_of, now
):
    topic = ask(chie)
    post = reply(emi, topic, body="やっぱり消します。")
    actions.delete_post(viewer=viewer_of(emi), post=post, now=now)
    mine = text_of(client_of(emi).get(f"/t/{topic.pk}/?after=0"))
    assert "やっぱり消します。" in mine
    assert f'formaction="/p/{post.pk}/removal/" name="on" value="0"' in mine
    for person in (None, chie):
        assert "やっぱり消します。" not in text_of(client_of(person).get(f"/t/{topic.pk}/?after=0"))


def test_the_gate_in_sql_is_the_gate_of_the_querysets(
    opened, ask, reply, chie, ben, emi, aoi, staff_room, make_space, viewer_of, now
):
    members_only = make_space("inside", audience_id=MEMBERS)
    topics = [
        ask(chie), ask(chie, urgency="private"), ask(ben, space=members_only), ask(ben, space=staff_room),
        ask(emi, title="止まる", body="止まる"), ask(chie, title="消す"),
    ]  # fmt: skip
    Topic.objects.filter(pk=topics[4].pk).update(state="held")
    Topic.objects.filter(pk=topics[5].pk).update(state="deleted")
    for topic in topics[:4]:
        fill(topic, [ben, emi, chie], 6, now=now)
        for number, state in ((3, "held"), (4, "hidden"), (5, "erased")):
            Post.objects.filter(topic=topic, number=number).update(state=state)
    for person in (None, chie, ben, emi, aoi):
        viewer = viewer_of(person)
        expected = set(queries.topics_visible_to(viewer).values_list("pk", flat=True))
        seen = set()
        for topic in topics:
            try:
                head = pages.topic_head(viewer, topic.pk)
            except pages.Http404:
                continue
            seen.add(topic.pk)
            allowed = queries.posts_visible_to(viewer).filter(topic_id=topic.pk)
            rows = {row.id for row in pages.posts(viewer, head, after=0) if row.state not in ("deleted", "hidden")}
            assert rows == set(allowed.values_list("pk", flat=True)), (person, topic)
        assert seen == expected & {topic.pk for topic in topics}


def test_a_post_of_its_own_audience_stays_inside_it(opened, client_of, ask, reply, chie, ben, emi):
    topic = ask(chie)
    post = reply(ben, topic, body="運営だけの一言です。")
    Post.objects.filter(pk=post.pk).update(audience_id=STAFF)
    for person, sees in ((None, False), (chie, False), (emi, True)):
        page = text_of(client_of(person).get(f"/t/{topic.pk}/?after=0"))
        assert ("運営だけの一言です。" in page) is sees
        assert client_of(person).get(f"/p/{post.pk}/history/").status_code == (200 if sees else 404)


def test_a_private_question_is_seen_by_its_asker_and_the_team(opened, client_of, ask, reply, chie, ben, aoi, emi):
    topic = ask(chie, title="請求のこと", urgency="private")
    reply(ben, topic, body="確認しました。")
    stranger = make_member("stranger")
    for person, sees in ((None, False), (stranger, False), (chie, True), (ben, True), (emi, True)):
        client = client_of(person)
        response = client.get(f"/t/{topic.pk}/?after=0")
        assert response.status_code == (200 if sees else 404)
        if sees:
            assert "確認しました。" in text_of(response)
        for url in ("/s/qa/", "/latest/", "/"):
            assert ("請求のこと" in main_of(client.get(url))) is sees


def test_a_solved_question_leads_those_who_keep_articles_to_one(
    client_of, ask, reply, viewer_of, aoi, ben, chie, emi, now
):
    topic = ask(chie, title="配送が届きません")
    answer = reply(ben, topic, "問い合わせ番号で探せます。")
    link = f"/k/new/?from=topic:{topic.pk}"
    assert link not in client_of(aoi).get(f"/t/{topic.pk}/").content.decode()
    assert client_of(aoi).get(link).status_code == 404
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    for keeper in (aoi, ben, emi):
        assert link in client_of(keeper).get(f"/t/{topic.pk}/").content.decode()
    assert link not in client_of(chie).get(f"/t/{topic.pk}/").content.decode()
    page = client_of(aoi).get(link).content.decode()
    assert "配送が届きません" in page
    assert "問い合わせ番号で探せます。" in page


def test_an_article_from_a_narrower_question_is_not_wider_by_default(
    client_of, make_space, ask, reply, viewer_of, aoi, ben, chie, now
):
    topic = ask(chie, space=make_space("insiders", kind="question"))
    answer = reply(ben, topic)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    page = client_of(aoi).get(f"/k/new/?from=topic:{topic.pk}").content.decode()
    assert f'<option value="{MEMBERS}" selected>' in page
