"""Writing, changing and taking away, with plain forms."""

import re

import pytest

from kizuna.core.members.models import Member
from kizuna.core.members.naming import search_text_of
from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.discussions.models import AcceptedAnswer, Draft, Post, SolvedCheck, State, Topic
from kizuna.engagement.discussions.tests.page_cast import text_of

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


def test_a_question_is_asked_with_a_plain_form(client_of, questions, chie):
    client = client_of(chie)
    assert 'name="urgency"' in text_of(client.get("/ask/"))
    sent = {
        "space": "qa",
        "title": "クール便の送料",
        "body": "地域ごとに変えたいです。",
        "tags": "送料、クール便",
        "urgency": "normal",
    }
    response = client.post("/ask/", sent)
    topic = Topic.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/t/{topic.pk}/"
    assert (topic.title, topic.tags, topic.author_id) == ("クール便の送料", ["送料", "クール便"], chie.pk)


@pytest.mark.parametrize("missing", ["title", "body"])
def test_a_refused_question_keeps_what_was_typed_and_says_why_at_the_field(client_of, questions, chie, missing):
    sent = {"space": "qa", "title": "題名です", "body": "本文です。", "tags": "送料", "urgency": "normal", missing: ""}
    response = client_of(chie).post("/ask/", sent)
    page = text_of(response)
    assert response.status_code == 422
    assert not Topic.objects.exists()
    assert f'id="id_{missing}_error"' in page
    kept = "本文です。" if missing == "title" else "題名です"
    assert kept in page


def test_the_reason_of_an_action_stands_at_its_field(client_of, questions, chie):
    sent = {"space": "qa", "title": "あ" * 201, "body": "本文です。", "tags": "", "urgency": "normal"}
    response = client_of(chie).post("/ask/", sent)
    assert response.status_code == 422
    assert "題名が長すぎます。200文字以内にしてください。" in text_of(response)


def test_a_draft_is_kept_without_a_script_and_restored(client_of, questions, chie):
    client = client_of(chie)
    client.post("/ask/", {"space": "qa", "title": "途中", "body": "まだ書いている", "tags": "送料", "save": "draft"})
    assert "途中" in text_of(client.get("/drafts/"))
    page = text_of(client.get("/ask/"))
    assert "まだ書いている" in page
    assert 'value="途中"' in page
    client.post("/ask/", {"space": "qa", "title": "途中", "body": "書き終えた", "tags": "", "urgency": "normal"})
    assert not Draft.objects.exists()


def test_the_script_keeps_a_draft_without_losing_the_title(client_of, questions, chie):
    client = client_of(chie)
    client.post("/ask/", {"space": "qa", "title": "題は残る", "body": "一", "save": "draft"})
    assert client.post("/drafts/", {"context": "ask", "body": "一二"}, headers=FETCH).status_code == 204
    assert Draft.objects.values_list("title", "body").get() == ("題は残る", "一二")
    client.post("/drafts/", {"context": "ask", "body": ""}, headers=FETCH)
    assert not Draft.objects.exists()


def test_the_script_keeps_tags_and_a_title_alone(client_of, questions, chie):
    client = client_of(chie)
    client.post("/drafts/", {"context": "ask", "title": "題だけ", "tags": "送料、離島", "body": ""}, headers=FETCH)
    page = text_of(client.get("/ask/"))
    assert 'value="題だけ"' in page
    assert 'value="送料, 離島"' in page


def test_a_draft_is_its_writers_alone(client_of, questions, chie, ben):
    client_of(chie).post("/drafts/", {"context": "ask", "body": "ひみつの下書き"})
    assert "ひみつの下書き" not in text_of(client_of(ben).get("/drafts/"))
    assert "ひみつの下書き" not in text_of(client_of(ben).get("/ask/"))


def test_the_template_of_a_space_begins_the_text(client_of, make_space, chie):
    make_space("help", kind="question", audience_id=PUBLIC, post_template={"ja": "**やりたいこと**"})
    client = client_of(chie)
    assert "**やりたいこと**" in text_of(client.get("/s/help/new/"))
    sent = {"title": "題名", "body": "**やりたいこと**\r\n\r\n", "urgency": "normal"}
    assert client.post("/s/help/new/", sent).status_code == 422
    assert client.post("/s/help/new/", {**sent, "body": "**やりたいこと**\n印刷"}).status_code == 302


def test_only_staff_write_where_only_staff_may(client_of, make_space, chie, ben, aoi):
    make_space("news", kind="announcement", posting="staff")
    sent = {"title": "お知らせ", "body": "本文です。", "tags": ""}
    assert client_of(chie).post("/s/news/new/", sent).status_code == 403
    assert client_of(chie).get("/s/news/new/").status_code == 403
    assert client_of(aoi).post("/s/news/new/", sent).status_code == 302
    assert "/s/news/new/" not in text_of(client_of(chie).get("/s/news/"))


def test_visitors_are_asked_to_sign_in_and_nothing_typed_is_lost(opened, client_of, ask, chie):
    topic = ask(chie)
    assert client_of().get("/ask/")["Location"] == "/signin/?next=/ask/"
    response = client_of().post(f"/t/{topic.pk}/posts/", {"body": "書いた文章 <b>"})
    assert response.status_code == 401
    assert "書いた文章 &lt;b&gt;" in text_of(response)
    assert Post.objects.count() == 1
    response = client_of().post("/ask/", {"title": "題名も", "body": "残る", "space": "qa", "urgency": "normal"})
    assert response.status_code == 401
    assert 'value="題名も"' in text_of(response)
    assert Topic.objects.count() == 1


def test_a_reply_leads_to_its_place(client_of, ask, chie, ben):
    topic = ask(chie)
    response = client_of(ben).post(f"/t/{topic.pk}/posts/", {"body": "こうします。"})
    assert response["Location"] == f"/t/{topic.pk}/?p=2#p-2"
    assert Post.objects.get(number=2).author_id == ben.pk


def test_an_empty_reply_comes_back_with_its_reason(client_of, ask, chie, ben):
    topic = ask(chie)
    response = client_of(ben).post(f"/t/{topic.pk}/posts/", {"body": "  \n"})
    assert response.status_code == 422
    assert "field__err" in text_of(response)
    assert Post.objects.count() == 1


def test_a_reply_outside_the_audience_is_a_404(client_of, ask, ben, chie, staff_room):
    topic = ask(ben, space=staff_room)
    assert client_of(chie).post(f"/t/{topic.pk}/posts/", {"body": "入れて"}).status_code == 404


def test_a_quotation_begins_the_reply(client_of, ask, reply, chie, ben):
    topic = ask(chie)
    post = reply(ben, topic, body="一行目です。")
    page = text_of(client_of(chie).get(f"/t/{topic.pk}/?reply={post.pk}&quote=1"))
    assert f"&gt; [@ben](/t/{topic.pk}/?p=2#p-2)" in page
    assert "&gt; 一行目です。" in page
    assert f'name="reply_to" value="{post.pk}"' in page


def test_a_post_of_a_place_one_may_not_see_cannot_be_quoted(client_of, ask, chie, ben, staff_room):
    topic = ask(chie)
    hidden = ask(ben, space=staff_room, body="内輪の話です。").posts.get()
    response = client_of(chie).get(f"/t/{topic.pk}/?reply={hidden.pk}&quote=1")
    assert response.status_code == 404
    assert "内輪の話です。" not in text_of(response)


def test_an_edit_keeps_the_words_before_for_author_and_team_only(opened, client_of, ask, chie, ben, emi):
    topic = ask(chie, body="電話は090です。")
    post = topic.posts.get()
    sent = {"title": topic.title, "body": "電話は消しました。", "tags": ""}
    assert client_of(chie).post(f"/p/{post.pk}/edit/", sent).status_code == 302
    assert "電話は消しました。" in text_of(client_of().get(f"/t/{topic.pk}/"))
    for person, sees in ((chie, True), (ben, True), (emi, False), (None, False)):
        page = text_of(client_of(person).get(f"/p/{post.pk}/history/"))
        assert ("電話は090です。" in page) is sees


def test_only_the_author_and_moderators_edit(opened, client_of, ask, reply, chie, emi, ben):
    post = reply(emi, ask(chie))
    assert client_of(chie).get(f"/p/{post.pk}/edit/").status_code == 403
    assert client_of(chie).post(f"/p/{post.pk}/edit/", {"body": "乗っ取り"}).status_code == 403
    assert client_of().get(f"/p/{post.pk}/edit/").status_code == 302
    assert client_of(ben).get(f"/p/{post.pk}/edit/").status_code == 200
    post.refresh_from_db()
    assert post.body != "乗っ取り"


def test_a_deleted_post_comes_back_by_the_undo_of_the_message(client_of, ask, reply, chie, emi):
    topic = ask(chie)
    post = reply(emi, topic)
    client = client_of(emi)
    told = text_of(client.post(f"/p/{post.pk}/removal/", {"on": "1"}, follow=True))
    assert "投稿を削除しました。" in told
    assert Post.objects.get(pk=post.pk).state == State.DELETED
    undo = re.search(r'action="(/p/\d+/removal/)"[^>]*>.*?name="(on)" value="(0)"', told)
    client.post(undo.group(1), {undo.group(2): undo.group(3)})
    assert Post.objects.get(pk=post.pk).state == State.VISIBLE


def test_a_deleted_topic_comes_back_too(client_of, ask, chie):
    topic = ask(chie)
    client = client_of(chie)
    told = text_of(client.post(f"/p/{topic.posts.get().pk}/removal/", {"on": "1"}, follow=True))
    assert f'action="/t/{topic.pk}/removal/"' in told
    assert client.get(f"/t/{topic.pk}/").status_code == 404
    client.post(f"/t/{topic.pk}/removal/", {"on": "0"})
    assert client.get(f"/t/{topic.pk}/").status_code == 200


def test_nobody_deletes_for_others(client_of, ask, reply, chie, emi):
    post = reply(emi, ask(chie))
    client_of(chie).post(f"/p/{post.pk}/removal/", {"on": "1"})
    assert Post.objects.get(pk=post.pk).state == State.VISIBLE


def test_hiding_takes_a_reason_and_a_moderator(client_of, ask, reply, chie, emi, ben):
    post = reply(emi, ask(chie))
    assert client_of(chie).post(f"/p/{post.pk}/hide/", {"reason": "いや"}).status_code == 403
    assert client_of(ben).post(f"/p/{post.pk}/hide/", {"reason": ""}).status_code == 422
    assert client_of(ben).post(f"/p/{post.pk}/hide/", {"reason": "宣伝のため"}).status_code == 302
    assert Post.objects.get(pk=post.pk).state == State.HIDDEN


def test_the_preview_is_what_the_post_will_be(client_of, ask, chie, ben):
    body = "**太字** @ben <script>alert(1)</script>\n\n> 引用"
    page = text_of(client_of(chie).post("/preview/", {"body": body}, headers=FETCH))
    topic = ask(chie, body=body)
    assert page == topic.posts.get().html
    assert "<script" not in page
    assert client_of().post("/preview/", {"body": "x"}, headers=FETCH).status_code == 401


def test_mentions_find_people_by_their_reading(client_of, chie, aoi):
    Member.objects.filter(pk=aoi.pk).update(
        search_text=search_text_of(name=aoi.name, kana=aoi.kana, handle="aoi", company="")
    )
    found = client_of(chie).get("/mentions/", {"q": "きむ"}).json()
    assert found == [{"handle": "aoi", "name": "木村 あおい"}]
    assert client_of().get("/mentions/", {"q": "きむ"}, headers=FETCH).status_code == 401


def test_the_asker_accepts_and_takes_back_with_plain_forms(client_of, ask, reply, chie, emi, ben):
    topic = ask(chie)
    answer = reply(emi, topic)
    client = client_of(chie)
    assert client_of(emi).post(f"/t/{topic.pk}/accepted-answer/", {"post": answer.pk}).status_code in (302, 403)
    client.post(f"/t/{topic.pk}/accepted-answer/", {"post": answer.pk})
    assert Topic.objects.get(pk=topic.pk).accepted_post_id == answer.pk
    client.post(f"/t/{topic.pk}/accepted-answer/", {"on": "0"})
    assert Topic.objects.get(pk=topic.pk).accepted_post_id is None
    assert AcceptedAnswer.objects.get().ended_at


def test_reactions_toggle_for_the_script_and_for_plain_forms(client_of, ask, chie, emi):
    post = ask(chie).posts.get()
    client = client_of(emi)
    assert client.post(f"/p/{post.pk}/reactions/", {"name": "thanks"}, headers=FETCH).status_code == 204
    post.refresh_from_db()
    assert post.reaction_counts == {"thanks": 1}
    response = client.post(f"/p/{post.pk}/reactions/", {"name": "thanks"})
    assert response["Location"] == f"/t/{post.topic_id}/?p=1#p-1"
    post.refresh_from_db()
    assert post.reaction_counts == {}
    assert client.post(f"/p/{post.pk}/reactions/", {"name": "boo"}, headers=FETCH).status_code == 422
    assert client_of().post(f"/p/{post.pk}/reactions/", {"name": "thanks"}, headers=FETCH).status_code == 401


def test_a_reaction_shows_at_once_on_the_page(client_of, ask, reply, chie, emi):
    topic = ask(chie)
    post = reply(chie, topic)
    client = client_of(emi)
    client.post(f"/p/{post.pk}/reactions/", {"name": "thanks"}, headers=FETCH)
    page = text_of(client.get(f"/t/{topic.pk}/?after=0"))
    assert re.search(r'value="thanks" aria-pressed="true">ありがとう <b class="num">1</b>', page)


def test_saved_posts_are_listed_until_they_may_not_be_seen(client_of, ask, chie, emi):
    topic = ask(chie, body="あとで読む文章です。")
    post = topic.posts.get()
    client = client_of(emi)
    client.post(f"/p/{post.pk}/bookmark/", {"on": "1"})
    assert "あとで読む文章です。" in text_of(client.get("/bookmarks/"))
    Topic.objects.filter(pk=topic.pk).update(state=State.HIDDEN)
    assert "あとで読む文章です。" not in text_of(client.get("/bookmarks/"))


def test_following_answers_htmx_with_the_other_button(client_of, ask, chie, emi):
    topic = ask(chie)
    page = text_of(client_of(emi).post(f"/t/{topic.pk}/follow/", {"on": "1"}, headers={"HX-Request": "true"}))
    assert "フォロー中" in page
    assert "csrfmiddlewaretoken" in page


def test_moderators_close_pin_and_move_and_members_do_not(client_of, ask, chie, ben, make_space):
    make_space("other", kind="question", audience_id=PUBLIC)
    topic = ask(chie)
    posts = {"pin": {"on": "1"}, "closure": {"on": "1", "reason": "解決済み"}, "space": {"space": "other"}}
    for name, sent in posts.items():
        assert client_of(chie).post(f"/t/{topic.pk}/{name}/", sent).status_code == 403
    assert client_of().post(f"/t/{topic.pk}/pin/", {"on": "1"}).status_code in (302, 404)
    for name, sent in posts.items():
        assert client_of(ben).post(f"/t/{topic.pk}/{name}/", sent).status_code == 302
    topic.refresh_from_db()
    assert (topic.is_pinned, topic.is_closed, topic.space.slug) == (True, True, "other")
    page = text_of(client_of(chie).get(f"/t/{topic.pk}/?after=0"))
    assert "このトピックは締め切られました。" in page
    assert f'action="/t/{topic.pk}/posts/"' not in page


def test_the_way_back_of_a_form_stays_on_this_site(client_of, ask, chie, emi):
    post = ask(chie).posts.get()
    sent = {"on": "1", "next": "//evil.example/"}
    assert client_of(emi).post(f"/p/{post.pk}/bookmark/", sent)["Location"].startswith("/t/")


def test_solved_or_not_is_kept(client_of, ask, reply, chie, emi):
    topic = ask(chie)
    reply(emi, topic)
    client_of(chie).post(f"/t/{topic.pk}/solved-check/", {"is_solved": "0"})
    assert SolvedCheck.objects.get().is_solved is False
