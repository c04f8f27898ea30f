"""Foreign files are read row by row: what is broken costs itself, is named by file and line, and nothing else is lost."""

import codecs
import gzip
import io
import json
from datetime import UTC, datetime

import pytest

from kizuna.interfaces.integrations.importers import faq, slack, sources, stackexchange, sumo, tables
from kizuna.interfaces.integrations.importers.formats import FORMATS
from kizuna.interfaces.integrations.importers.records import Author, Note, Post, Question, Skipped, Topic
from kizuna.interfaces.integrations.importers.values import moment, number

QUESTIONS = "id,created,title,content,creator\n"


def written(folder, name, content):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


def records(module, *paths, **columns):
    return list(module.read(list(paths), columns=columns))


def of(kind, found):
    return [record for record in found if isinstance(record, kind)]


def places(found):
    return [(row.place, row.reason) for row in of(Skipped, found)]


def test_a_broken_row_costs_itself_and_is_named_by_its_line(tmp_path):
    rows = ["1,2024-01-01,One,text,a", "2,2024-01-01,Two", "3,not a time,Three,text,a", "4,2024-01-02,Four,text,b"]
    found = records(sumo, written(tmp_path, "q.csv", QUESTIONS + "\n".join(rows)))
    assert [topic.key for topic in of(Topic, found)] == ["1", "4"]
    assert places(found) == [
        ("q.csv:3", "3 cells instead of 5"),
        ("q.csv:4", "a time that cannot be read"),
    ]


def test_a_quote_that_never_closes_costs_its_own_row_only(tmp_path):
    rows = ["1,2024-01-01,One,text,a", '2,2024-01-01,"Two,text,a', "3,2024-01-01,Three,text,a", "4,2024-01-02,F,text,b"]
    found = records(sumo, written(tmp_path, "q.csv", QUESTIONS + "\n".join(rows) + "\n"))
    assert [topic.key for topic in of(Topic, found)] == ["1", "3", "4"]
    assert [place for place, _reason in places(found)] == ["q.csv:3"]


def test_a_huge_cell_is_refused_and_the_next_row_is_read(tmp_path, monkeypatch):
    before = tables.csv.field_size_limit(1000)
    rows = [f"1,2024-01-01,One,{'x' * 2000},a", "2,2024-01-01,Two,text,a"]
    found = records(sumo, written(tmp_path, "q.csv", QUESTIONS + "\n".join(rows)))
    tables.csv.field_size_limit(before)
    assert [topic.key for topic in of(Topic, found)] == ["2"]
    assert "larger than field limit" in places(found)[0][1]


def test_an_endless_line_is_passed_over_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_LINE", 1000)
    rows = [f"1,2024-01-01,One,{'x' * 5000},a", "2,2024-01-01,Two,text,a"]
    found = records(sumo, written(tmp_path, "q.csv", QUESTIONS + "\n".join(rows)))
    assert [topic.key for topic in of(Topic, found)] == ["2"]
    assert places(found)[0][0] == "q.csv:2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_japanese_is_read_in_every_usual_encoding(tmp_path, encoding):
    text = "id,question,answer\n1,送料はいくらですか,全国一律で六百円です\n"
    found = records(faq, written(tmp_path, "faq.csv", text.encode(encoding)))
    assert [(question.question, question.answer) for question in of(Question, found)] == [
        ("送料はいくらですか", "全国一律で六百円です")
    ]


def test_cp932_that_begins_after_a_long_english_start_is_still_read(tmp_path):
    english = "".join(f"{number},How much is number {number}?,It costs {number} yen.\n" for number in range(4000))
    text = f"id,question,answer\n{english}9999,送料は？,無料です\n".encode("cp932")
    assert len(english) > sources.SNIFFED
    found = records(faq, written(tmp_path, "faq.csv", text))
    assert of(Question, found)[-1].question == "送料は？"
    assert not of(Note, found)


def test_letters_that_cannot_be_read_are_reported(tmp_path):
    found = records(faq, written(tmp_path, "faq.csv", b"id,question,answer\n1,How\xff\xfe much?,Nothing\n"))
    assert of(Question, found)[0].question == "How\ufffd\ufffd much?"
    assert of(Note, found) == [Note("faq.csv:2", "some letters could not be read")]


def test_null_bytes_do_not_stop_a_table(tmp_path):
    found = records(faq, written(tmp_path, "faq.csv", b"id,question,answer\n1,How\0 much?,Noth\0ing\n2,Why?,So\n"))
    assert len(of(Question, found)) == 2


def test_a_truncated_archive_gives_its_rows_and_says_where_it_ends(tmp_path):
    rows = "".join(f"{key},2024-01-01,Title {key},{'word ' * 50}{key},a\n" for key in range(3000))
    packed = gzip.compress((QUESTIONS + rows).encode())
    found = records(sumo, written(tmp_path, "q.csv.gz", packed[: len(packed) // 2]))
    assert len(of(Topic, found)) > 100
    assert any("damaged from here on" in reason for _place, reason in places(found))


def test_an_archive_without_its_end_gives_every_row_and_is_named_once(tmp_path):
    rows = '<comments>\n<row Id="1" PostId="2" Text="So" CreationDate="2024-01-01T00:00:00" UserId="3" />\n</comments>'
    written(tmp_path, "Comments.xml.gz", gzip.compress(rows.encode())[:-6])
    written(tmp_path, "Posts.xml", "<posts></posts>")
    found = records(stackexchange, str(tmp_path))
    assert [post.body for post in of(Post, found)] == ["So"]
    assert [place for place, _reason in places(found)] == ["Comments.xml.gz"]


def test_the_standard_input_may_be_packed(tmp_path, monkeypatch):
    packed = gzip.compress(b'{"id": 1, "question": "Q", "answer": "A"}\n')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(packed)))
    assert of(Question, records(faq, "-")) == [Question(key="1", question="Q", answer="A", place="-:1")]


def test_a_table_without_the_columns_says_which(tmp_path):
    found = records(sumo, written(tmp_path, "q.csv", "id,when,title,content,creator\n1,2024-01-01,a,b,c\n"))
    assert places(found) == [("q.csv:1", "the file has no column created")]
    found = records(
        sumo, written(tmp_path, "r.csv", "id,when,title,content,creator\n1,2024-01-01,a,b,c\n"), created="when"
    )
    assert len(of(Topic, found)) == 1


def test_a_missing_path_and_an_empty_folder_are_refused(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        for format in FORMATS.values():
            with pytest.raises(sources.NothingToRead):
                list(format.read([str(path)], columns={}))


def test_scripts_in_html_are_left_out_of_the_markdown(tmp_path):
    row = '1,2024-01-01,T,"<p>Hi <b>you</b><script>alert(1)</script><a href=""javascript:x()"">go</a></p>",a'
    body = of(Topic, records(sumo, written(tmp_path, "q.csv", QUESTIONS + row)))[0].body
    assert "Hi **you**" in body
    assert "alert" not in body
    assert "javascript" not in body


def test_a_stack_exchange_row_that_is_no_xml_costs_itself(tmp_path):
    posts = (
        '<?xml version="1.0"?>\n<posts>\n'
        '  <row Id="1" PostTypeId="1" CreationDate="2020-01-01T00:00:00" Title="T" Body="&lt;p&gt;b&lt;/p&gt;" OwnerUserId="7" />\n'
        '  <row Id="2" PostTypeId="1" CreationDate="2020-01-01T00:00:00" Title="&bomb;" Body="b" />\n'
        '  <row Id="3" PostTypeId="2" CreationDate="2020-01-01T00:00:00" Body="no parent" />\n'
        '<row Id="4" PostTypeId="2" ParentId="1" CreationDate="2020-01-02T00:00:00" Body="a > b"/><row Id="5" PostTypeId="9"/>\n'
        "</posts>\n"
    )
    found = records(stackexchange, written(tmp_path, "Posts.xml", posts))
    assert [topic.key for topic in of(Topic, found)] == ["1"]
    assert [post.key for post in of(Post, found)] == ["4"]
    assert places(found) == [
        ("Posts.xml:4", "not an XML row (undefined entity)"),
        ("Posts.xml:5", "the row has no ParentId"),
        ("Posts.xml:6", "neither a question nor an answer"),
    ]


def test_entities_declared_in_a_dump_are_never_expanded(tmp_path):
    entities = '<!DOCTYPE posts [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    bomb = f'{entities}\n<posts>\n<row Id="1" PostTypeId="1" Title="&b;"/>\n</posts>'
    found = records(stackexchange, written(tmp_path, "Posts.xml", bomb))
    assert places(found) == [("Posts.xml:3", "not an XML row (undefined entity)")]


def test_a_stack_exchange_file_may_be_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "CHUNK", 50)
    rows = "".join(
        f'<row Id="{key}" PostTypeId="1" CreationDate="2020-01-01T00:00:00" Title="T{key}" Body="b"/>'
        for key in range(40)
    )
    found = records(stackexchange, written(tmp_path, "Posts.xml", f"<posts>{rows}</posts>"))
    assert [topic.title for topic in of(Topic, found)] == [f"T{key}" for key in range(40)]


def test_deep_json_costs_itself(tmp_path):
    deep = "[" * 100_000 + "]" * 100_000
    lines = [
        '{"id": 1, "question": "Q", "answer": "A"}',
        f'{{"x": {deep}}}',
        '{"id": 2, "question": "R", "answer": "B"}',
    ]
    found = records(faq, written(tmp_path, "faq.jsonl", "\n".join(lines)))
    assert [question.key for question in of(Question, found)] == ["1", "2"]
    assert places(found) == [("faq.jsonl:2", "nested too deeply")]


def test_a_long_list_is_read_item_by_item_with_the_line_of_each(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "CHUNK", 100)
    rows = [{"id": key, "question": f"質問{key}", "answer": '{["答え"]}'} for key in range(30)]
    rows.insert(10, "not an object")
    found = records(faq, written(tmp_path, "faq.json", json.dumps(rows, ensure_ascii=False, indent=1)))
    assert [question.key for question in of(Question, found)] == [str(key) for key in range(30)]
    assert places(found) == [("faq.json:52", "not an object")]


def test_a_list_that_breaks_off_says_from_where(tmp_path):
    found = records(faq, written(tmp_path, "faq.json", '[{"id": 1, "question": "Q", "answer": "A"},\n{"id": 2, "que'))
    assert len(of(Question, found)) == 1
    assert places(found)[0][0] == "faq.json:2"
    assert "not JSON from here on" in places(found)[0][1]


def test_an_object_that_wraps_the_rows_is_opened(tmp_path):
    text = json.dumps({"version": 1, "faqs": [{"id": 1, "質問": "Q", "回答": "A"}, 5]}, indent=2)
    found = records(faq, written(tmp_path, "faq.json", text))
    assert of(Question, found)[0].answer == "A"
    assert places(found) == [("faq.json:1 item 2", "not an object")]


def test_a_row_without_a_question_or_an_answer_is_named(tmp_path):
    found = records(faq, written(tmp_path, "faq.csv", "id,question,answer\n1,,A\n2,Q,\n"))
    assert places(found) == [("faq.csv:2", "no question"), ("faq.csv:3", "no answer")]


def test_columns_of_other_names_are_mapped(tmp_path):
    file = written(tmp_path, "faq.csv", "Nr;Frage;Antwort\n1;Wo?;Da\n")
    found = records(faq, file, id="Nr", question="Frage", answer="Antwort")
    assert of(Question, found) == [Question(key="1", question="Wo?", answer="Da", place="faq.csv:2")]


def test_slack_threads_become_topics_with_names_from_the_export(tmp_path):
    (tmp_path / "general").mkdir()
    written(tmp_path, "users.json", json.dumps([{"id": "U1", "real_name": "青井 花"}]))
    messages = [
        {"user": "U1", "ts": "1700000000.1", "text": "How do I *send*?\n<https://a.example|here> &lt;b&gt; <@U1>"},
        {"user": "U2", "ts": "1700000100.1", "thread_ts": "1700000000.1", "text": "So", "reactions": [{"count": 2}]},
        {"user": "U2", "ts": "1700000200.1", "subtype": "channel_join", "text": "joined"},
        {"user": "U2", "text": "no time"},
    ]
    written(tmp_path / "general", "2023-11-14.json", json.dumps(messages))
    found = records(slack, str(tmp_path))
    topic, post = of(Topic, found)[0], of(Post, found)[0]
    assert topic.title == "How do I send?"
    assert topic.body == "How do I **send**?\n[here](https://a.example) <b> 青井 花"
    assert (topic.key, topic.tags) == ("general:1700000000.1", ("general",))
    assert (post.topic_key, post.vote_count) == (topic.key, 2)
    assert Author(key="U1", name="青井 花") in found
    assert [reason for _place, reason in places(found)] == [
        "a notice of Slack, not a message",
        "not a Slack message (no ts)",
    ]


def test_private_talk_of_a_slack_export_is_left_out_until_its_folder_is_named(tmp_path):
    written(tmp_path, "groups.json", json.dumps([{"id": "G1", "name": "pay"}, "x"]))
    written(tmp_path, "dms.json", json.dumps([{"id": "D1"}]))
    written(tmp_path, "mpims.json", json.dumps([{"id": "G2", "name": "mpdm-a--b-1"}]))
    message = json.dumps([{"user": "U1", "ts": "1700000000.1", "text": "Hi"}])
    for folder in ("general", "pay", "D1", "mpdm-a--b-1"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, "2023-11-14.json", message)
    found = records(slack, str(tmp_path))
    assert [topic.key for topic in of(Topic, found)] == ["general:1700000000.1"]
    assert [reason for _place, reason in places(found)] == [slack.CLOSED] * 3
    assert [topic.key for topic in of(Topic, records(slack, str(tmp_path / "pay")))] == ["pay:1700000000.1"]


def test_discourse_posts_keep_author_time_likes_and_what_they_answer(tmp_path):
    posts = [
        {"id": 11, "post_number": 1, "username": "aoi", "created_at": "2024-01-01T00:00:00Z", "cooked": "<p>Hi</p>"},
        {"id": 12, "post_number": 2, "username": "ben", "created_at": "2024-01-02T00:00:00Z", "raw": "One",
         "actions_summary": [{"id": 2, "count": 3}]},
        {"id": 13, "post_number": 3, "username": "aoi", "created_at": "2024-01-03T00:00:00Z", "raw": "Two",
         "reply_to_post_number": 2},
        {"id": 14, "post_number": 4, "username": "system", "post_type": 3, "created_at": "2024-01-04T00:00:00Z"},
        {"id": 15, "post_number": 5, "username": "ben", "created_at": "never", "raw": "Three"},
    ]  # fmt: skip
    topic = {"id": 7, "title": "T", "tags": ["mail"], "views": 9, "closed": True, "accepted_answer": {"post_number": 2}}
    topic["post_stream"] = {"posts": posts, "stream": [11, 12, 13, 14, 15, 16]}
    found = records(FORMATS["discourse"], written(tmp_path, "7.json", json.dumps(topic)))
    made = of(Topic, found)[0]
    assert (made.key, made.accepted_key, made.view_count, made.is_closed, made.body) == ("7", "12", 9, True, "Hi")
    assert [(post.key, post.vote_count, post.reply_to_key) for post in of(Post, found)] == [
        ("12", 3, ""),
        ("13", 0, "12"),
    ]
    assert [reason for _place, reason in places(found)] == [
        "a notice of the system, not a post",
        "not a Discourse post (a time that cannot be read)",
        "only the number of this post is in the file",
    ]


def test_what_is_no_discourse_post_costs_itself_and_what_was_deleted_stays_away(tmp_path):
    first = {"id": 1, "post_number": 1, "username": "aoi", "created_at": "2024-01-01T00:00:00Z", "raw": "Hi"}
    reply = first | {"id": 2, "post_number": 2, "raw": "So"}
    topics = [
        {"id": 1, "title": "T", "post_stream": {"posts": ["odd", reply, None, first, {"id": 3}]}},
        {"id": 2, "title": "T", "post_stream": {"posts": [first | {"user_deleted": True}, reply]}},
        {"id": 3, "title": "T", "deleted_at": "2024-02-01", "post_stream": {"posts": [first]}},
        {"id": 4, "title": "T", "post_stream": None},
    ]
    found = records(FORMATS["discourse"], written(tmp_path, "topics.json", json.dumps(topics)))
    assert [topic.key for topic in of(Topic, found)] == ["1"]
    assert [post.body for post in of(Post, found)] == ["So"]
    assert [reason for _place, reason in places(found)] == [
        *["not a Discourse post"] * 3,
        *["hidden or deleted at the source"] * 2,
        "not a Discourse topic (no posts in a post_stream)",
    ]


def test_what_surrounds_a_discourse_text_costs_nobody_the_text(tmp_path):
    post = {"id": [1], "post_number": 1, "username": "aoi", "created_at": "2024-01-01T00:00:00Z", "raw": "Hi"}
    odd = [
        {"tags": 5, "stream": 5, "actions_summary": [5]},
        {"tags": ["a", {}], "stream": [[1], {}], "actions_summary": {"a": 1}},
    ]
    lines = [
        json.dumps(
            {
                "id": number_of,
                "title": "T",
                "tags": part["tags"],
                "post_stream": {
                    "posts": [post | {"actions_summary": part["actions_summary"]}],
                    "stream": part["stream"],
                },
            }
        )
        for number_of, part in enumerate(odd)
    ]
    found = records(FORMATS["discourse"], written(tmp_path, "a.jsonl", "\n".join(lines)))
    assert [topic.key for topic in of(Topic, found)] == ["0", "1"]


def test_what_surrounds_a_slack_message_costs_nobody_the_message(tmp_path):
    odd = {"user": "U1", "ts": "1700000000.1", "text": "Hi", "reactions": "many", "user_profile": "none"}
    more = odd | {"ts": "1700000001.1", "reactions": ["x", {"count": 2}, {"count": "y"}]}
    found = records(slack, written(tmp_path, "a.jsonl", f"{json.dumps(odd)}\n{json.dumps(more)}\n"))
    assert [topic.vote_count for topic in of(Topic, found)] == [0, 2]


def test_times_are_read_in_every_usual_form():
    expected = datetime(2024, 1, 1, 1, 4, 34, tzinfo=UTC)
    for text in (
        "2024-01-01 01:04:34 +0000",
        "2024-01-01T01:04:34Z",
        "2024-01-01T10:04:34+09:00",
        "1704071074",
        1704071074,
    ):
        assert moment(text) == expected
    for text in ("", None, "soon", "0001-01-01T00:00:00+23:59", "9" * 30, float("nan"), "1960-01-01"):
        with pytest.raises(ValueError):
            moment(text)


def test_counts_are_never_negative_nor_too_large_for_the_database():
    assert [number(value) for value in ("3", "-1", "", None, "x", "1e400", 10**12)] == [3, 0, 0, 0, 0, 0, 2_000_000_000]


def test_a_byte_order_mark_does_not_hide_the_first_column(tmp_path):
    file = written(tmp_path, "q.csv", codecs.BOM_UTF8 + (QUESTIONS + "1,2024-01-01,T,b,c\n").encode())
    assert len(of(Topic, records(sumo, file))) == 1
