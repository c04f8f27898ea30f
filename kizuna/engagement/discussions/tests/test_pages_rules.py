"""A manager names the reactions and says how long things wait; readers see it at once."""

import pytest

from kizuna.core.community import queries as community
from kizuna.core.community.models import ManagerAction
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.forms import RulesForm

pytestmark = pytest.mark.django_db
PATH = "/studio/posting/"
NUMBERS = {"members_first_hours": "12", "solved_check_days": "5", "newcomer_hours": "0"}


def sent(rows, **changes):
    given = {f"{part}_{place}": "" for place in range(RulesForm.ROWS) for part in ("word", "ja", "en")}
    for place, (word, ja, en) in enumerate(rows):
        given |= {f"word_{place}": word, f"ja_{place}": ja, f"en_{place}": en}
    return {**given, **NUMBERS, **changes}


def test_words_are_renamed_added_and_taken_away(client_of, aoi, chie, ben, ask, reply):
    topic = ask(chie)
    reply(ben, topic)
    rows = [("thanks", "助かりました", "That helped"), ("", "応援します", "")]
    assert client_of(aoi).post(PATH, sent(rows)).status_code == 302
    words = community.setting(keys.REACTIONS)
    assert [(row["word"] == "thanks", row["ja"]) for row in words] == [(True, "助かりました"), (False, "応援します")]
    page = client_of(chie).get(f"/t/{topic.pk}/?after=0").content.decode()
    assert "助かりました" in page
    assert "応援します" in page
    assert "なるほど" not in page
    assert "応援します" in client_of(chie).get(f"/t/{topic.pk}/?after=0&lang=en").content.decode(), (
        "the other language stands in"
    )
    assert community.setting(keys.MEMBERS_FIRST_HOURS) == 12
    assert community.setting(keys.SOLVED_CHECK_DAYS) == 5
    assert community.setting(keys.NEWCOMER_HOURS) == 0


def test_a_new_word_can_be_used_and_keeps_its_key_when_renamed(client_of, aoi, chie, ben, ask, reply):
    client_of(aoi).post(PATH, sent([("thanks", "ありがとう", ""), ("", "応援", "")]))
    word = community.setting(keys.REACTIONS)[1]["word"]
    post = reply(ben, ask(chie))
    assert client_of(chie).post(f"/p/{post.pk}/reactions/", {"name": word}).status_code in (204, 302)
    client_of(aoi).post(PATH, sent([("thanks", "ありがとう", ""), (word, "応援します", "")]))
    post.refresh_from_db()
    assert post.reaction_counts == {word: 1}


@pytest.mark.parametrize(
    ("rows", "changes", "told"),
    [
        ([("thanks", "", ""), ("insight", "なるほど", "")], {}, "名前が必要です"),
        ([("thanks", "あ" * 21, "")], {}, "20"),
        ([("Not A Word", "あ", ""), ("thanks", "い", "")], {}, "もう一度ご確認"),
        ([("thanks", "あ", "")], {"solved_check_days": "0"}, "1"),
        ([("thanks", "あ", "")], {"members_first_hours": "x"}, "数"),
    ],
)
def test_what_cannot_be_comes_back_with_the_reason_and_changes_nothing(client_of, aoi, rows, changes, told):
    answer = client_of(aoi).post(PATH, sent(rows, **changes))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ManagerAction.objects.filter(action="setting.changed").exists()


def test_it_is_for_managers_and_saving_the_same_changes_nothing(client_of, aoi, ben):
    assert client_of(ben).get(PATH).status_code == 403
    page = client_of(aoi).get(PATH).content.decode()
    assert 'value="ありがとう"' in page
    rows = [(row["word"], row["ja"], row["en"]) for row in community.setting(keys.REACTIONS)]
    same = {"members_first_hours": "24", "solved_check_days": "3", "newcomer_hours": "24"}
    assert client_of(aoi).post(PATH, sent(rows, **same)).status_code == 302
    assert not ManagerAction.objects.filter(action="setting.changed").exists()
