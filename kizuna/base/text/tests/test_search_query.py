"""A search line is read as people mean it, and what was found is shown."""

from kizuna.base.text.highlight import highlight, snippet
from kizuna.base.text.search_query import parse_query


def marked(segments):
    return [text for text, is_match in segments if is_match]


def test_it_reads_phrases_exclusions_and_operators():
    query = parse_query('請求書 「消費税 10%」 -見積 "exact Phrase" tag:料金 space:support from:@Aoi is:unsolved')
    assert query.chunks == ("請求書",)
    assert query.phrases == ("消費税 10%", "exact phrase")
    assert query.excluded == ("見積",)
    assert (query.tags, query.spaces, query.authors, query.solved) == (("料金",), ("support",), ("aoi",), False)


def test_a_hyphen_inside_a_word_excludes_nothing():
    assert parse_query("wi-fi 設定").excluded == ()


def test_it_reads_a_sentence_as_words():
    query = parse_query("請求書を再発行するには、どうすればいいですか？")
    assert {"請求", "再", "発行"} <= set(query.words)
    assert "を" not in query.words


def test_synonyms_are_added_and_named():
    query = parse_query("請求書の発行", synonyms={"請求書": ["インボイス"], "AI": ["人工知能"]})
    assert [(found.term, found.alternatives) for found in query.expansions] == [("請求書", ("インボイス",))]
    assert query.synonym_words == ("いんぼいす",)


def test_a_latin_synonym_needs_the_whole_word():
    assert parse_query("mail", synonyms={"AI": ["x"]}).expansions == ()
    assert parse_query("AI 機能", synonyms={"ai": ["人工知能"]}).expansions != ()


def test_signs_alone_ask_for_nothing():
    assert parse_query("！？ -- 「」").is_empty
    assert not parse_query("tag:料金").is_empty


def test_hostile_lines_give_plain_tokens():
    for line in ("' OR 1=1 --", '"unclosed', "a AND (b OR", "NEAR(a b)", "tag:", "-", "\x00", "*" * 1_000, "「" * 500):
        query = parse_query(line)
        assert all(word.isalnum() for word in (*query.words, *query.grams))


def test_it_marks_the_string_in_any_width_and_the_word_in_any_form():
    query = parse_query("サーバー 引越し Attachment")
    assert marked(highlight("ｻｰﾊﾞの引っ越しとATTACHMENTS", query)) == ["ｻｰﾊﾞ", "引っ越し", "ATTACHMENTS"]


def test_segments_join_to_the_text():
    text = "㌔とキロ、<b>請求書</b>の発行👨‍👩‍👧"
    assert "".join(piece for piece, _ in highlight(text, parse_query("請求書 キロ"))) == text
    assert "㌔" in marked(highlight(text, parse_query("キロ")))


def test_the_snippet_is_the_passage_with_the_match():
    text = "はじめに、関係のない文章です。" * 30 + "請求書を発行するには、設定を開きます。" + "おわりの文章です。" * 30
    segments = snippet(text, parse_query("請求書 発行"), limit=80)
    assert "請求書" in marked(segments)
    assert segments[0] == ("…", False)
    assert segments[-1] == ("…", False)


def test_the_snippet_without_a_match_is_the_beginning():
    assert snippet("最初の文。次の文。", parse_query("該当なし"), limit=80) == [("最初の文。次の文。", False)]
    assert snippet("", parse_query("x")) == []


def test_a_part_of_a_typed_word_is_not_marked_in_another():
    assert marked(highlight("手数料の設定", parse_query("送料"))) == []
    assert marked(highlight("手数料と送料の設定", parse_query("送料"))) == ["送料"]
    assert marked(highlight("手数料", parse_query("料"))) == ["料"]
