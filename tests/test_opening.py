"""Before the owner opens the community, the page tells what visitors would see and everything they would not."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from kizuna.core.members.models import Audience
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def spaces(aoi, viewer_of):
    chosen = Audience.objects.create(slug="vip", label={"ja": "特別会", "en": "VIP"}, created_at=NOW)
    for slug, name, audience_id in (
        ("qa", "質問", PUBLIC),
        ("talk", "雑談", MEMBERS),
        ("office", "雑談", STAFF),  # of the same name as another one
        ("vip", "特別室", chosen.pk),
    ):
        actions.create_space(
            viewer=viewer_of(aoi), slug=slug, kind="discussion", name={"ja": name, "en": name},
            audience_id=audience_id, now=NOW,
        )  # fmt: skip


def test_what_is_hidden_is_named_with_whom_it_is_for(client_of, aoi, spaces):
    page = client_of(aoi).get("/studio/opening/").content.decode()
    shown, _, hidden = page.partition("見えないもの")
    assert "質問" in shown.partition("見えるもの")[2]
    lines = dict(re.findall(r'</svg>([^<]+)<span class="muted">([^<]+)</span>', hidden))
    assert lines.pop("特別室") == "決められた公開範囲の人だけ"
    assert hidden.count("雑談") == 2
    assert "メンバーだけ" in hidden
    assert "運営だけ" in hidden
    assert "質問" not in lines


def test_a_visitor_who_finds_nothing_may_sign_in_and_come_back(client_of, chie, spaces):
    for path in ("/s/talk/", "/s/not-there/", "/写真/"):
        answer = client_of().get(path)
        assert answer.status_code == 404
        back = re.search(r'href="(/signin/\?next=[^"]+)"', answer.content.decode().partition("<main")[2])
        assert parse_qs(urlsplit(back[1]).query)["next"] == [quote(path)]
    assert "/signin/" not in client_of(chie).get("/s/not-there/").content.decode()


def test_the_latest_of_a_closed_community_say_why_there_is_nothing(client_of, spaces):
    assert "ログインするとご覧になれます" in client_of().get("/latest/").content.decode()
