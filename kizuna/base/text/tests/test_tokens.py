"""Tokens find every spelling and every substring, and both databases keep them whole."""

import sqlite3
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuna.base.text import japanese, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [("引越し", "引っ越し"), ("見積", "見積り"), ("サーバー", "サーバ"), ("ﾊﾟｽﾜｰﾄﾞ", "パスワード"), ("Attachments", "attachment"),
     ("running", "runs"), ("studies", "study"), ("making", "make"), ("ＡＰＩ", "api")],
)  # fmt: skip
def test_spellings_give_one_word(one, other):
    assert tokens.words(one) == tokens.words(other)


def test_words_leave_out_particles_and_signs_and_keep_numbers():
    assert tokens.words("請求書を、2024年に10%で送りました！") == ["請求", "書", "年", "送る", "2024", "10"]


def test_grams_are_letters_and_pairs_of_runs_and_whole_words():
    assert tokens.grams("請求書 API") == ["請", "請求", "求", "求書", "書", "api"]
    assert tokens.needed_grams("請求書") == ["請求", "求書"]
    assert tokens.needed_grams("薬") == ["薬"]


TEXT = st.text(alphabet="請求書のサーバーヴァｶﾞがを届いa1 。、・ー々Ｚé", max_size=40)


@given(TEXT, st.data())
@settings(max_examples=300, deadline=None)
def test_every_japanese_substring_has_its_grams_in_the_text(text, data):
    clusters = list(japanese.graphemes(text))
    start = data.draw(st.integers(0, len(clusters)))
    end = data.draw(st.integers(start, len(clusters)))
    part = "".join(clusters[start:end]).strip("a1Ｚé")  # Latin words are found whole
    if part in text:
        assert set(tokens.needed_grams(part)) <= set(tokens.grams(text))


STRANGE = [
    "請求",
    "さーば",
    "ゔ",
    "々",
    "api",
    "2024",
    "ñandú",
    "ß",
    "한국",
    "สวัสดี",
    "привет",
    "x86",
    "𠮟る",
    "がが",
    "cafe",
    "ǆ",
]


def test_sqlite_keeps_each_token_whole():
    database = sqlite3.connect(":memory:")
    database.execute(f'create virtual table found using fts5(grams, tokenize="{tokens.FTS5_TOKENIZER}")')
    found = [token for text in STRANGE for token in (*tokens.words(text), *tokens.grams(text))]
    for token in found:
        database.execute("insert into found values (?)", [token])
    database.execute("create virtual table terms using fts5vocab(found, row)")
    assert {row[0] for row in database.execute("select term from terms")} == set(found)


def test_a_lexeme_list_is_quoted_and_unique():
    assert tokens.tsvector_text(["請求", "api", "請求"]) == "'請求' 'api'"


def test_no_token_can_leave_its_quotes():
    hostile = "a'b \"c\" d\\e f:g h|i (j) k* l'::tsquery -- \x00 <->"
    assert all(token.isalnum() for token in (*tokens.words(hostile), *tokens.grams(hostile)))


def test_tokenizers_work_in_many_threads():
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(tokens.words("引越しの見積もりをお願いします")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [results[0]] * 8
