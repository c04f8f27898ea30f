"""The script as it is served, and Studio's page."""

import gzip
import re
from datetime import datetime

import pytest
from django.test import Client
from django.utils import translation

from kizuna.core.community.queries import setting
from kizuna.interfaces.widget import wording
from kizuna.interfaces.widget.built import HERE, script
from kizuna.interfaces.widget.settings import PLACED

pytestmark = pytest.mark.django_db
LIMIT = 15 * 1024


def test_everything_is_one_small_script(db):
    response = Client().get("/w/1.js", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= LIMIT
    plain = gzip.decompress(response.content)
    assert plain == Client().get("/w/1.js").content
    assert response["Content-Type"].startswith("text/javascript")


def test_with_its_words_it_stays_below_the_limit(ask):
    ask("hello")
    assert len(script().packed) + len(gzip.compress(ask.response.content)) <= LIMIT


def test_browsers_keep_it(db):
    first = Client().get("/w/1.js")
    assert "public" in first["Cache-Control"]
    assert not first.cookies
    again = Client().get("/w/1.js", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_a_member_with_open_terms_still_gets_the_script(client_of, chie):
    response = client_of(chie).get("/w/1.js")
    assert response.status_code == 200
    assert "public" in response["Cache-Control"]


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser", "document.cookie",
             "createContextualFragment", "setAttribute(\"style\"", "XMLHttpRequest", "credentials: \"include\""]
)  # fmt: skip
def test_it_uses_nothing_that_runs_texts_or_tracks(word):
    assert word not in script().plain.decode()


def test_it_knows_no_other_host():
    urls = set(re.findall(r"https?://[^\s\"'`)]+", script().plain.decode()))
    assert urls == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_word_of_the_script_is_given_in_both_languages(language):
    source = (HERE / "widget.js").read_text()
    with translation.override(language):
        words = {name: text for name, text in wording.words("みせばこ").items() if name != "fact"}
    assert set(re.findall(r"\bt\.(\w+)", source)) <= {*words, "fact"}
    assert not [name for name in words if f"t.{name}" not in source]
    has_japanese = [name for name, text in words.items() if re.search("[ぁ-ん一-龠ァ-ヶ]", text)]
    assert len(has_japanese) == (len(words) if language == "ja" else 1)


def test_hours_are_said_as_they_are(now):
    with translation.override("ja"):
        assert (
            wording.hours_words(now) == "今は営業時間外です。お返事は11月24日（火）からになります。"
        )  # Sunday before a holiday
        assert wording.closed_days(now) == "11月23日は勤労感謝の日です。"
        assert "までにお返事します" in wording.hours_words(datetime(2026, 11, 24, 1, 0, tzinfo=now.tzinfo))
        assert wording.closed_days(datetime(2026, 11, 24, 1, 0, tzinfo=now.tzinfo)) == ""


def test_studio_sets_it(client_of, aoi, emi):
    sent = {
        "is_on": "on",
        "origins": "https://app.misebako.example/\nshop.misebako.example\n\n",
        "greeting_ja": "こんにちは",
        "phone": "03-1",
    }
    assert client_of(emi).post("/studio/widget/", sent).status_code == 403
    assert client_of(aoi).post("/studio/widget/", sent).status_code == 302
    placed = setting(PLACED)
    assert placed["is_on"]
    assert placed["origins"] == ["https://app.misebako.example", "https://shop.misebako.example"]
    assert placed["greeting"] == {"ja": "こんにちは"}
    page = client_of(aoi).get("/studio/widget/").content.decode()
    assert "/w/1.js&quot; data-community async" in page or '/w/1.js" data-community async' in page
    assert client_of(aoi).get("/studio/widget/sample/").status_code == 200


@pytest.mark.parametrize(
    "line", ["http://app.example.com", "https://*.example.com", "*", "https://a.example/path", "x" * 400]
)
def test_a_site_that_cannot_be_listed_is_said_and_kept_as_typed(client_of, aoi, line):
    response = client_of(aoi).post("/studio/widget/", {"is_on": "on", "origins": f"https://ok.example\n{line}"})
    assert response.status_code == 422
    assert line[:80] in response.content.decode()
    assert not setting(PLACED)["is_on"]


def test_the_audit_log_says_it_in_words(client_of, aoi):
    client_of(aoi).post("/studio/widget/", {"is_on": "on", "origins": ""})
    assert "ウィジェットを変更" in client_of(aoi).get("/studio/audit/").content.decode()
