"""The formula: shares between nothing and about one, titles and rare words first, meaning when words fail."""

import pytest

from kizuna.base.text import ranking, tokens
from kizuna.base.text.japanese import fold

AVERAGE = ranking.Average(words=20, letters=60)


def text(title: str, body: str) -> ranking.Text:
    return ranking.Text(tokens.stored(tokens.words(title)), tokens.stored(tokens.words(body)), fold(title), fold(body))


def terms(line: str, *, frequencies=None, synonyms=()) -> ranking.Terms:
    return ranking.weigh(
        words=tokens.words(line),
        grams=tokens.needed_grams(line),
        synonyms=synonyms,
        worth_of=lambda kind, term: ranking.idf(frequency=(frequencies or {}).get(term, 1), total=100),
    )


def test_a_rare_term_is_worth_more_and_one_in_every_text_almost_nothing():
    assert ranking.idf(frequency=1, total=100) > ranking.idf(frequency=50, total=100) > 0
    assert ranking.idf(frequency=100, total=100) < 0.01
    assert ranking.idf(frequency=500, total=100) >= 0  # a stale count does no harm


def test_a_word_in_the_title_counts_more_than_one_in_the_body():
    in_title = ranking.shares(terms("請求書"), text("請求書の発行", "設定を開きます"), AVERAGE)
    in_body = ranking.shares(terms("請求書"), text("設定を開きます", "請求書の発行"), AVERAGE)
    assert in_title.words > in_body.words > 0


def test_a_share_is_zero_without_any_term_and_stays_small_in_number():
    assert ranking.shares(terms("請求書"), text("送料", "無料です"), AVERAGE) == ranking.Shares(0, 0)
    assert ranking.shares(terms("請求書"), text("請求書", "請求書" * 50), AVERAGE).words < ranking.K1 + 1
    assert ranking.shares(terms("！"), text("請求書", ""), AVERAGE) == ranking.Shares(0, 0)


def test_a_word_is_found_whole_and_never_as_part_of_another():
    assert ranking.shares(terms("cat"), text("", "concatenate category"), AVERAGE).words == 0


def test_a_synonym_counts_for_less_than_the_word():
    found = text("", "インボイスの発行")
    by_synonym = ranking.shares(terms("請求書", synonyms=tokens.words("インボイス")), found, AVERAGE)
    by_word = ranking.shares(terms("インボイス"), found, AVERAGE)
    assert 0 < by_synonym.words < by_word.words


def test_similarity_leaves_out_what_a_text_has_not():
    assert ranking.similarity(title=0.8, body=None) == 0.8
    assert ranking.similarity(title=None, body=0.4) == 0.4
    assert ranking.similarity(title=None, body=None) == 0
    assert 0.4 < ranking.similarity(title=0.8, body=0.4) < 0.8


def test_meaning_decides_when_no_text_has_the_words_and_hardly_when_one_has_them_all():
    apart = [ranking.Shares(0.2, 0.1), ranking.Shares(0.0, 0.0)]
    assert ranking.scores(apart, [0.1, 0.5])[1] > ranking.scores(apart, [0.1, 0.5])[0]
    exact = [ranking.Shares(1.2, 1.0), ranking.Shares(0.0, 0.0)]
    assert ranking.scores(exact, [0.1, 0.5])[0] > ranking.scores(exact, [0.1, 0.5])[1]


def test_nothing_found_gives_no_scores():
    assert ranking.scores([], []) == []


@pytest.mark.parametrize("average", [ranking.Average(0, 0), AVERAGE])
def test_an_empty_index_divides_by_nothing(average):
    assert ranking.shares(terms("請求書"), text("", ""), average) == ranking.Shares(0, 0)
