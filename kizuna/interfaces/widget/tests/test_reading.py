"""What the widget finds and shows: never what its viewer may not see."""

import pytest
from django.utils import timezone

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import SYNONYMS
from kizuna.core.search import recording
from kizuna.core.search.models import Search
from kizuna.engagement.discussions.models import SolvedCheck
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.engagement.knowledge.models import ArticleFeedback
from kizuna.interfaces.widget import limits
from kizuna.interfaces.widget.trees import tree_of

pytestmark = pytest.mark.django_db


def titles(answer) -> list[str]:
    return ["".join(text for text, _hit in item["title"]) for item in answer["items"]]


def test_a_visitor_finds_what_is_public_and_solved(ask, things):
    _status, answer = ask("search", {"q": "休業日"})
    assert sorted(titles(answer)) == ["休業日を決める public", "臨時の休業日をメールに入れたい public"]
    assert "2件" in answer["said"]
    assert any(hit for item in answer["items"] for _text, hit in item["title"])


def test_a_proven_member_finds_what_is_for_members_as_well(ask, things, token_of, chie):
    found = titles(ask("search", {"q": "休業日"}, token=token_of(chie))[1])
    assert {title.split()[-1] for title in found} == {"public", "members"}


def test_nobody_of_the_team_takes_its_own_secrets_to_another_site(ask, things, token_of, aoi):
    found = titles(ask("search", {"q": "休業日"}, token=token_of(aoi))[1])
    assert found
    assert not [title for title in found if "staff" in title or "下書き" in title]


def test_a_closed_community_shows_visitors_nothing(ask, things):
    community.change_setting(keys.IS_OPEN, value=False, member_id=None)
    assert ask("search", {"q": "休業日"})[1]["items"] == []
    assert ask("read", {"type": "article", "id": things["articles"]["public"].pk})[0] == 404


@pytest.mark.parametrize("kind", ["article", "topic"])
@pytest.mark.parametrize(
    ("name", "visitor", "member", "team"),
    [("public", 200, 200, 200), ("members", 404, 200, 200), ("staff", 404, 404, 404)],
)
def test_reading_follows_the_audience(ask, things, token_of, chie, aoi, kind, name, visitor, member, team):
    said = {"type": kind, "id": things[f"{kind}s"][name].pk}
    assert ask("read", said)[0] == visitor
    assert ask("read", said, token=token_of(chie))[0] == member
    assert ask("read", said, token=token_of(aoi, "c-2"))[0] == team
    assert ask("vote", {**said, "solved": True})[0] == visitor


def test_drafts_and_open_questions_are_not_there(ask, things, token_of, aoi):
    for token in ("", token_of(aoi)):
        assert ask("read", {"type": "article", "id": things["draft"].pk}, token=token)[0] == 404
        assert ask("read", {"type": "topic", "id": things["open"].pk}, token=token)[0] == 404


@pytest.mark.parametrize(
    "text", ["休業日 is:unsolved", '"休業日', "is:unsolved 休業日", "休業日 未解決", "休業日 in:public"]
)
def test_no_operator_brings_open_questions(ask, things, text):
    assert "休業日の色を変えたい" not in titles(ask("search", {"q": text})[1])


def test_what_studio_left_out_is_neither_found_nor_read(placed, ask, things):
    placed(spaces=["members"], categories=["none"])
    assert ask("search", {"q": "休業日"})[1]["items"] == []
    assert ask("read", {"type": "article", "id": things["articles"]["public"].pk})[0] == 404
    assert ask("read", {"type": "topic", "id": things["topics"]["public"].pk})[0] == 404


def test_words_that_mean_the_same_are_searched_and_said(ask, things):
    community.change_setting(SYNONYMS, value=[["お休み", "休業日"]], member_id=None)
    _status, answer = ask("search", {"q": "お休み"})
    assert "休業日を決める public" in titles(answer)
    assert "「お休み」" in answer["said"]
    assert "「休業日」" in answer["said"]


def test_searches_are_noted_when_somebody_goes_on_from_them(ask, things):
    ask("search", {"q": "休業"})
    ask("search", {"q": "ありえない語句", "typed": True})
    recording.flush()
    assert list(Search.objects.values_list("text", "has_answer")) == [("ありえない語句", False)]


def test_a_text_comes_as_values_and_never_as_markup(ask, things):
    _status, answer = ask("read", {"type": "article", "id": things["articles"]["public"].pk})
    body = answer["parts"][0]["body"]
    assert ["code", {}, ["設定"]] in next(node for node in body[0][2] if isinstance(node, list))[2]
    last = [node for node in body if isinstance(node, list)][-1]
    assert ["a", {"href": "https://help.example/a"}, ["手順"]] in last[2]
    assert "<b>x</b>" in "".join(part for part in last[2] if isinstance(part, str))
    assert answer["url"].endswith(f"/k/{things['articles']['public'].pk}/")


def test_trees_hold_no_more_than_listed(db):
    hostile = (
        '<p onclick="x()" style="y">a<script>alert(1)</script><a href="javascript:alert(1)">b</a><img src="/f/KEY/x.png" alt="図">'
        '<iframe src="https://e.example"></iframe><svg onload=x></svg><a href="//e.example">c</a></p>' + "<ul><li>" * 60
    )
    text = str(tree_of(hostile))
    for word in ("onclick", "style", "script", "javascript", "iframe", "svg", "img", "//e.example'"):
        assert word not in text
    assert "図" in text
    assert "/f/KEY/x.png" in text
    assert text.count("'li'") < 20


def test_votes_are_those_of_the_page_itself(ask, things, token_of, chie):
    article, topic = things["articles"]["public"], things["topics"]["public"]
    assert ask("vote", {"type": "article", "id": article.pk, "solved": True})[0] == 200
    ask("vote", {"type": "article", "id": article.pk, "solved": False})  # the last word counts
    ask("vote", {"type": "topic", "id": topic.pk, "solved": True}, token=token_of(chie))
    feedback, check = ArticleFeedback.objects.get(), SolvedCheck.objects.get()
    assert (feedback.is_solved, feedback.member_id) == (False, None)
    assert (check.is_solved, check.member_id, check.post_id) == (True, chie.pk, topic.accepted_post_id or check.post_id)
    article.refresh_from_db()
    assert (article.solved_count, article.unsolved_count) == (0, 1)


def test_an_article_put_away_is_gone_at_once(ask, things, viewer_of, aoi):
    article = things["articles"]["public"]
    knowledge.archive_article(viewer=viewer_of(aoi), article=article, now=timezone.now())
    assert ask("read", {"type": "article", "id": article.pk})[0] == 404


@pytest.mark.parametrize(
    "name", ["hello", "search", "read", "vote", "ask", "solve", "send", "add", "mine", "conversation", "token"]
)
@pytest.mark.parametrize(
    "raw",
    ["", "[]", "null", "1", "{", '{"q": 1}', '{"q": null}', '{"q": "\\ud800"}', '{"q": "\\u0000"}', '{"id": "1"}', '{"id": -1}',
     '{"id": 1e400}',
     '{"id": 99999999999999999999}', '{"id": true, "type": "article"}', '{"lang": {}}', '{"lang": "xx", "q": "' + "あ" * 2000 + '"}',
     "[" * 5000,
     '{"q": "is:solved -\\"()*:^", "facts": [["a"], 1, [[], []]], "inquiry": {}, "word": "x:y:z", "jwt": "a.b.c", "body": []}',
     "x" * 140_000],
)  # fmt: skip
def test_nonsense_is_told_and_breaks_nothing(ask, name, raw):
    status, _answer = ask(name, raw=raw.encode("utf-8", "surrogatepass"))
    assert status < 500


def test_only_json_is_taken(placed, client_of):
    client = client_of()
    headers = {"Origin": "https://app.misebako.example"}
    assert client.post("/w/1/hello", {"q": "x"}, headers=headers).status_code == 415
    assert client.get("/w/1/hello", headers=headers).status_code == 405


def test_whoever_asks_too_fast_waits(ask, monkeypatch):
    monkeypatch.setattr(limits, "monotonic", lambda: 1000.0)  # however slow the machine is
    codes = [ask("search", {"q": "x"})[0] for _n in range(70)]
    assert codes[:55] == [200] * 55
    assert codes[-1] == 429
    assert ask.response["Retry-After"]
    assert ask.response["Access-Control-Allow-Origin"]
