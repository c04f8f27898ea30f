"""An article that a colleague changed while its form was open: who comes second is told, and decides."""

import re
from dataclasses import replace

import pytest

from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.knowledge import actions
from kizuna.engagement.knowledge.models import ArticleRevision

pytestmark = pytest.mark.django_db


def opened_on(response) -> str:
    return re.search(r'name="opened" value="([^"]+)"', response.content.decode())[1]


@pytest.mark.parametrize(("lang", "said"), [("ja", "上書きして保存"), ("en", "Save over it")])
def test_two_colleagues_change_one_article(client_of, viewer_of, write, aoi, emi, now, lang, said):
    article = write("送料の決め方")
    client, path = client_of(aoi), f"/k/{article.pk}/edit/"
    opened = opened_on(client.get(path))
    theirs = actions.Content(title="送料を決める", body="一行", audience_id=PUBLIC, owner_id=aoi.pk)
    actions.change_article(viewer=viewer_of(emi), article=article, content=theirs, now=now)
    actions.change_article(viewer=viewer_of(emi), article=article, content=replace(theirs, body="二行"), now=now)
    mine = {
        "title": "私の題", "kind": "article", "body": "私の文", "audience": PUBLIC, "owner": aoi.pk, "opened": opened,
    }  # fmt: skip
    second = client.post(f"{path}?lang={lang}", mine)
    page = second.content.decode()
    assert second.status_code == 409
    for word in (emi.name, "送料を決める", "二行", "私の題", "私の文", said):
        assert word in page
    article.refresh_from_db()
    assert (article.title, article.body) == ("送料を決める", "二行")
    count = ArticleRevision.objects.count()
    for _twice in range(2):
        assert client.post(path, mine | {"opened": opened_on(second)}).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.body) == ("私の題", "私の文")
    assert ArticleRevision.objects.count() == count + 1


def test_only_what_stands_otherwise_is_shown(client_of, viewer_of, write, aoi, emi, now):
    article = write("送料の決め方", body="一行\n二行", owner_id=aoi.pk)
    client, path = client_of(aoi), f"/k/{article.pk}/edit/"
    opened = opened_on(client.get(path))
    theirs = actions.Content(title="送料を決める", body="一行\n二行", audience_id=PUBLIC, owner_id=aoi.pk)
    actions.change_article(viewer=viewer_of(emi), article=article, content=theirs, now=now)
    mine = {
        "title": "私の題", "kind": "article", "body": "一行\r\n二行", "audience": "1", "owner": aoi.pk, "opened": opened,
    }  # fmt: skip
    page = client.post(f"{path}?lang=ja", mine).content.decode()
    assert "今の題名" in page
    for label in ("今の本文", "今の公開範囲", "今の担当", "今の種類"):
        assert label not in page
