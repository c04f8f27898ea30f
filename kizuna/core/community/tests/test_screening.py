"""Words of the community are found in every disguise, and only they."""

from types import SimpleNamespace

import pytest

from kizuna.core.community import actions, screening
from kizuna.core.community.models import WordRule
from kizuna.core.community.queries import SITE

MEMBER, STAFF = SimpleNamespace(is_staff=False), SimpleNamespace(is_staff=True)


@pytest.fixture
def rule(db, now):
    def make(word, effect="refuse"):
        WordRule.objects.create(word=word, skeleton=screening.skeleton(word), effect=effect, created_at=now)
        actions.bump_generation(SITE)

    return make


@pytest.mark.parametrize(
    "text",
    [
        "バカじゃないの",
        "ﾊﾞｶと書く",
        "ばかげている",
        "ば・か",
        "ば\u200bか",
        "ば か",
        "は\u3099か",
    ],
)
def test_it_finds_a_japanese_word_in_disguise(rule, text):
    rule("ばか")
    assert screening.screen(text=text, viewer=MEMBER).refused_for == "ばか"


@pytest.mark.parametrize("text", ["S C A M", "ѕсаm here", "ＳＣＡＭ", "sc\u00adam", "$c4m!", "s.c.a.m", "scám"])
def test_it_finds_a_latin_word_in_disguise(rule, text):
    rule("scam")
    assert screening.screen(text=text, viewer=MEMBER).refused_for == "scam"


@pytest.mark.parametrize("text", ["scampi for dinner", "a scarf", "バラとカラス", "ばら。から"])
def test_it_leaves_other_words_alone(rule, text):
    rule("scam")
    rule("ばか")
    verdict = screening.screen(text=text, viewer=MEMBER)
    assert (verdict.refused_for, verdict.held_for, verdict.text) == ("", "", text)


def test_it_holds_and_masks(rule):
    rule("競合社", "hold")
    rule("ばか", "mask")
    verdict = screening.screen(text="競合社はバカです", viewer=MEMBER)
    assert verdict.held_for == "競合社"
    assert verdict.text == "競合社は＊＊です"


def test_it_holds_links_of_newcomers_but_not_of_staff(db):
    text = "see https://example.com/x"
    assert screening.screen(text=text, viewer=MEMBER, is_newcomer=True).held_for == "link"
    assert screening.screen(text=text, viewer=MEMBER).held_for == ""
    assert screening.screen(text=text, viewer=STAFF, is_newcomer=True).held_for == ""


def test_a_new_rule_counts_at_once(rule):
    assert screening.screen(text="spam", viewer=MEMBER).refused_for == ""
    rule("spam")
    assert screening.screen(text="spam", viewer=MEMBER).refused_for == "spam"
