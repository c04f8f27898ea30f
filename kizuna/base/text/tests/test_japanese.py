"""Spellings of one word meet; characters are counted as people count them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuna.base.text import japanese

JAPANESE = st.text(alphabet="サーバのﾊﾞﾞがアーァヴｱ請求書髙Ａaé１ 　。・々ー〜k", max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーバー", "サーバ"), ("ｻｰﾊﾞｰ", "サーバ"), ("コンピューターの設定", "コンピュータの設定"), ("ＡＢＣ１２３", "abc123"),
        ("髙橋", "高橋"), ("渡邉", "渡辺"), ("ウィンドウ", "ウインドウ"), ("Café", "cafe"), ("①", "1"), ("データ　移行", "データ 移行"),
    ],
)  # fmt: skip
def test_spellings_fold_to_one(one, other):
    assert japanese.fold(one) == japanese.fold(other)


def test_different_words_stay_different():
    assert japanese.fold("ビル") != japanese.fold("ビール")
    assert japanese.fold("びょういん") != japanese.fold("びよういん")


@given(JAPANESE, st.data())
@settings(max_examples=300, deadline=None)
def test_the_fold_of_a_part_is_a_part_of_the_fold(text, data):
    clusters = list(japanese.graphemes(text))
    start = data.draw(st.integers(0, len(clusters)))
    end = data.draw(st.integers(start, len(clusters)))
    assert japanese.fold("".join(clusters[start:end])) in japanese.fold(text)


@given(JAPANESE)
@settings(max_examples=300, deadline=None)
def test_folding_with_offsets_gives_the_same_text(text):
    folded, offsets = japanese.fold_with_offsets(text)
    assert folded == japanese.fold(text)
    assert len(offsets) == len(folded)


@pytest.mark.parametrize(
    ("kana", "latin"),
    [("きむら", "kimura"), ("シャチョウ", "shachou"), ("がっこう", "gakkou"), ("マッチ", "matchi"), ("じゅんこ", "junko"),
     ("ウィンドウ", "windou"), ("ﾔﾏﾀﾞ", "yamada"), ("Aoi", "aoi"), ("りょう", "ryou"), ("ファン", "fan")],
)  # fmt: skip
def test_kana_in_latin_letters(kana, latin):
    assert japanese.romaji(kana) == latin


def test_the_reading_of_a_name():
    assert japanese.reading("木村 あおい") == "きむらあおい"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("請求書", "ja"), ("パスワードを忘れました", "ja"), ("Thunderbird 128 で添付 attachment が開けません", "ja"),
        ("How do I reset my password?", "en"), ("", "en"), ("비밀번호를 잊어버렸어요", "ko"), ("Как настроить почту", "ru"),
        ("怎么设置邮件账户？我忘记密码了，请问怎么办", "zh"), ("ตั้งค่าอีเมล", "th"),
    ],
)  # fmt: skip
def test_the_language_of_a_text(text, language):
    assert japanese.lang_of(text) == language


@pytest.mark.parametrize(
    ("text", "count"),
    [("が", 1), ("か\u3099", 1), ("ｶﾞ", 1), ("👨‍👩‍👧", 1), ("🇯🇵🇫🇷", 2), ("👍🏽", 1), ("e\u0301", 1), ("한국", 2), ("각", 1),
     ("\r\n", 1), ("葛\U000e0100", 1), ("", 0), ("abc", 3), ("1️⃣", 1)],
)  # fmt: skip
def test_characters_as_people_count_them(text, count):
    assert japanese.grapheme_length(text) == count
