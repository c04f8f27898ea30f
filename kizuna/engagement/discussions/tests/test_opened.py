"""A post that somebody else changed while its form was open: who comes second is told, and decides."""

import re

import pytest

from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Post

pytestmark = pytest.mark.django_db


def opened_on(response) -> str:
    return re.search(r'name="opened" value="([^"]+)"', response.content.decode())[1]


def words(post) -> tuple[str, str, list[str]]:
    kept = Post.objects.select_related("topic").get(pk=post.pk)
    return kept.body, kept.topic.title, kept.topic.tags


@pytest.mark.parametrize(("lang", "said"), [("ja", "上書きして保存"), ("en", "Save over it")])
def test_a_moderator_and_the_author_change_one_question(client_of, viewer_of, ask, chie, ben, now, lang, said):
    post = Post.objects.get(topic=ask(chie), number=1)
    client = client_of(chie)
    opened = opened_on(client.get(f"/p/{post.pk}/edit/"))
    tidied = {"body": "整えました。", "title": "整えた題", "tags": ["送料"]}
    actions.edit_post(viewer=viewer_of(ben), post=post, now=now, **tidied)
    mine = {"body": "書き足しました。", "title": "私の題", "tags": "離島", "opened": opened}
    second = client.post(f"/p/{post.pk}/edit/?lang={lang}", mine)
    page = second.content.decode()
    assert second.status_code == 409
    for word in (ben.name, "整えました。", "整えた題", "書き足しました。", "私の題", said):
        assert word in page
    assert words(post) == ("整えました。", "整えた題", ["送料"])
    assert client.post(f"/p/{post.pk}/edit/", mine | {"opened": opened_on(second)}).status_code == 302
    assert words(post) == ("書き足しました。", "私の題", ["離島"])


def test_a_reply_in_two_windows_is_saved_once_when_sent_twice(client_of, viewer_of, ask, reply, chie, now):
    post = reply(chie, ask(chie))
    client = client_of(chie)
    opened = opened_on(client.get(f"/p/{post.pk}/edit/"))
    for _twice in range(2):
        assert client.post(f"/p/{post.pk}/edit/", {"body": "一度だけ。", "opened": opened}).status_code == 302
    assert client.post(f"/p/{post.pk}/edit/", {"body": "古い窓から。", "opened": opened}).status_code == 409
    assert Post.objects.get(pk=post.pk).body == "一度だけ。"
