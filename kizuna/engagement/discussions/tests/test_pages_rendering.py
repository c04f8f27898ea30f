"""Stored fragments: drawn once, drawn again when something they show has changed, never in anybody's way."""

import sqlite3
from datetime import timedelta

import pytest

from kizuna.base.hosting import current
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.actions import fragments as stored
from kizuna.engagement.discussions.models import Post, Topic
from kizuna.engagement.discussions.rendering import slots
from kizuna.engagement.discussions.tests.page_cast import main_of, text_of

pytestmark = pytest.mark.django_db


def page_of(client_of, topic, person=None, **options):
    return main_of(client_of(person).get(f"/t/{topic.pk}/?after=0", **options))


def test_reading_a_page_stores_both_languages_once(opened, client_of, ask, chie):
    topic = ask(chie)
    page_of(client_of, topic)
    post = topic.posts.get()
    assert "千恵" in post.fragment_ja
    assert post.fragment_en
    assert post.fragment_version
    Post.objects.filter(pk=post.pk).update(fragment_ja="<p>けしごむ</p>")
    assert "けしごむ" in page_of(client_of, topic)  # not drawn again


def test_a_fragment_knows_no_viewer(opened, client_of, ask, reply, chie, ben):
    topic = ask(chie)
    reply(ben, topic)
    page_of(client_of, topic, ben)
    by_ben = list(Post.objects.order_by("pk").values_list("fragment_ja", "fragment_en"))
    Post.objects.update(fragment_version="")
    page_of(client_of, topic)
    assert list(Post.objects.order_by("pk").values_list("fragment_ja", "fragment_en")) == by_ben
    for fragment in by_ben[0]:
        assert "csrf" not in fragment
        assert "<k-menu" not in fragment


def test_a_new_name_and_card_show_on_the_next_reading(opened, client_of, ask, chie):
    topic = ask(chie)
    page_of(client_of, topic)
    Member.objects.filter(pk=chie.pk).update(name="千恵子", card={"level": 12}, card_version=2)
    page = page_of(client_of, topic)
    assert "千恵子" in page
    assert "Lv.12" in page
    assert "千恵子" in main_of(client_of().get("/s/qa/"))


def test_an_edit_shows_on_the_next_reading(opened, client_of, ask, chie, viewer_of, now):
    topic = ask(chie)
    page_of(client_of, topic)
    main_of(client_of().get("/s/qa/"))
    post = topic.posts.get()
    later = now + timedelta(hours=1)
    actions.edit_post(viewer=viewer_of(chie), post=post, title="題が変わった", body="本文も変わった。", now=later)
    page = page_of(client_of, topic)
    assert "本文も変わった。" in page
    assert "編集済み" in page
    row = main_of(client_of().get("/s/qa/"))
    assert "題が変わった" in row
    assert "本文も変わった。" in row


@pytest.mark.parametrize("change", ["reply", "accept", "close", "pin"])
def test_what_a_row_shows_is_drawn_again(opened, client_of, ask, reply, chie, ben, viewer_of, now, change):
    topic = ask(chie)
    answer = reply(ben, topic, body="最初の回答です。")
    before = main_of(client_of().get("/s/qa/"))
    if change == "reply":
        reply(chie, topic, now=now + timedelta(minutes=1))
        expected = "最新：千恵さん"
    elif change == "accept":
        actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
        expected = "最初の回答です。"
    elif change == "close":
        actions.close_topic(viewer=viewer_of(ben), topic=topic, now=now)
        expected = "締め切り"
    else:
        actions.pin_topic(viewer=viewer_of(ben), topic=topic, now=now)
        expected = "固定"
    assert expected not in before
    assert expected in main_of(client_of().get("/s/qa/"))


def test_each_reader_gets_their_language(opened, client_of, ask, chie, emi):
    topic = ask(chie)
    Member.objects.filter(pk=emi.pk).update(language="en")
    assert "Save" in page_of(client_of, topic, emi)
    assert "保存" in page_of(client_of, topic, chie)


def test_times_in_fragments_are_absolute_and_in_the_communitys_zone(opened, client_of, ask, chie):
    topic = ask(chie)
    page_of(client_of, topic)
    assert "2026年11月22日 12:00" in topic.posts.get().fragment_ja
    assert 'datetime="2026-11-22T03:00:00Z"' in topic.posts.get().fragment_ja


def test_a_slow_drawer_never_stores_over_a_later_change(opened, ask, chie, viewer_of, now):
    post = Post.objects.get(topic=ask(chie))
    actions.edit_post(viewer=viewer_of(chie), post=Post.objects.get(pk=post.pk), body="新しい。", now=now)
    stored.store_posts([(post, "v", {"ja": "古い", "en": "old"})])
    assert "古い" not in Post.objects.get(pk=post.pk).fragment_ja


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_does_not_hold_up_a_reader(opened, client_of, ask, chie):
    if current().database_url:
        pytest.skip("On PostgreSQL readers do not wait for writers.")
    topic = ask(chie)
    Post.objects.update(fragment_version="")
    writer = sqlite3.connect(current().folder / "db.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert "三日たっても" in page_of(client_of, topic)
    finally:
        writer.execute("ROLLBACK")
        writer.close()
    assert not topic.posts.get().fragment_version  # left for the next reader


def test_hostile_names_and_words_stay_text(opened, client_of, make_space, viewer_of, chie, now):
    evil = '"><script>alert(1)</script><!--k:menu-->'
    Member.objects.filter(pk=chie.pk).update(name=evil[:80], company=evil, card={"level": 1, "badges": [evil]})
    space = make_space("evil", kind="question", audience_id=PUBLIC, name={"ja": evil, "en": evil})
    topic = actions.open_topic(viewer=viewer_of(chie), space=space, title=evil, body=evil, tags=["<b>"], now=now)
    for url in (f"/t/{topic.pk}/", "/s/evil/", "/latest/", "/s/", "/feed.atom", "/"):
        page = text_of(client_of().get(url))
        assert "<script>alert" not in page, url
    page = text_of(client_of(chie).get(f"/t/{topic.pk}/?after=0"))
    assert page.count('<div class="menu__list">') == page.count("</div></details></k-menu>")


def test_filling_takes_each_slot_once_and_empties_unknown_ones():
    assert slots.fill("a<!--k:new-->b<!--k:menu-->c", {"new": "<!--k:menu-->"}) == "a<!--k:menu-->bc"


def test_moving_a_topic_to_another_kind_redraws_remarks(
    opened, client_of, ask, reply, chie, ben, make_space, viewer_of, now
):
    topic = ask(chie)
    answer = reply(ben, topic)
    reply(chie, topic, body="小さな返信", reply_to=answer)
    assert 'class="replies"' in page_of(client_of, topic)
    space = make_space("chat", kind="discussion", audience_id=PUBLIC)
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=space, now=now)
    page = page_of(client_of, topic)
    assert 'class="replies"' not in page
    assert 'class="answer" id="p-3"' in page
    assert Topic.objects.get(pk=topic.pk).space.slug == "chat"
