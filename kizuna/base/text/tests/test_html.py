"""Foreign HTML becomes Markdown that reads the same, however broken it is."""

import time

import pytest

from kizuna.base.text import html, markdown


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\\\nthree"),
        ("a <b>bold</b> <i>slanted</i> <code>x*y</code>", "a **bold** *slanted* `x*y`"),
        ('<a href="https://a.example/x(1)">link</a>', "[link](https://a.example/x%281%29)"),
        ("<ul><li>one<ul><li>in</li></ul></li><li>two</li></ul>", "- one\n  - in\n- two"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<pre><code>x &lt; y\n  z</code></pre>", "```\nx < y\n  z\n```"),
        ("<blockquote><p>q</p><p>r</p></blockquote>after", "> q\n>\n> r\n\nafter"),
        ("<h2>Title</h2>text", "## Title\n\ntext"),
        ("<table><tr><th>A<th>B</tr><tr><td>1|2<td>2</table>", "| A | B |\n| --- | --- |\n| 1\\|2 | 2 |"),
        ('<img src="https://a.example/i.png" alt="pic">', "[pic](https://a.example/i.png)"),
        ("1. not a list", "1\\. not a list"),
        ("# not a title", "\\# not a title"),
        ("2 * 3 * 4 and snake_case https://a.example/a_b", "2 \\* 3 \\* 4 and snake_case https://a.example/a_b"),
        ("R&amp;D &lt;b&gt; &amp;amp;", "R&D \\<b> \\&amp;"),
        ("text <script>alert(1)</script><style>x</style><!-- c -->end", "text end"),
        ('<a href="javascript:alert(1)">no</a>', "no"),
        ("<b></b><p></p>", ""),
        ("a < b and c > d", "a < b and c > d"),
        ("<b>never closed <i>x", "**never closed *x***"),
    ],
)
def test_it_writes_markdown(source, expected):
    assert html.to_markdown(source) == expected


@pytest.mark.parametrize(
    "text",
    [
        "*a* _b_ `c` [d](e) <f> # g",
        "1. a",
        "- a",
        "> a",
        "a\\b",
        "&copy; &lt;",
        "~~x~~",
        "![i](j)",
        "===",
        "---",
        "@chie | x",
    ],
)
def test_plain_text_survives_the_round_trip(text):
    from html import escape

    source = html.to_markdown(f"<p>{escape(text)}</p>")
    assert html.to_text(markdown.render(source, mention_url=None)) == text


def test_broken_and_unclosed_markup_loses_no_text():
    source = "start <b>one</i> <td>two</td> </ul></blockquote> <li>three <a href='x>four"
    assert all(word in html.to_markdown(source) for word in ("start", "one", "two", "three"))


def test_text_has_one_line_per_block():
    assert (
        html.to_text("<p>One&nbsp;<b>bold</b></p>\n<ul><li>a</li><li>b</li></ul><pre>x\n  y</pre>")
        == "One bold\na\nb\nx\ny"
    )


HOSTILE = {
    "tags": lambda n: "<div>" * (n // 5),
    "items": lambda n: "<ul><li>" * (n // 8),
    "quotes in tags": lambda n: '<a x="' * (n // 6),
    "comments": lambda n: "<!--" * (n // 4),
    "formatting": lambda n: "<font a=1><b>" * (n // 26) + "<p>x" * (n // 8),
    "spaces in tags": lambda n: "<a " + "a= " * (n // 3),
    "cells": lambda n: "<table>" + "<td>" * (n // 4),
    "less": lambda n: "<" * n,
    "scripts": lambda n: "<script>" * (n // 8),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_cost_stays_near_linear(name):
    short, long = (_seconds(HOSTILE[name](length)) for length in (20_000, 80_000))
    assert long < 10 * max(short, 0.005)


def _seconds(source: str) -> float:
    times = []
    for _attempt in range(2):
        start = time.process_time()
        html.to_markdown(source)
        times.append(time.process_time() - start)
    return min(times)
