"""What a post may become: only listed tags, only safe addresses, the same meaning, in linear time."""

import re
import time
from html.parser import HTMLParser

import pytest

from kizuna.base.text import markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](  JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](//evil.example/x)",
    "[a](/\\evil.example/x)",
    "![x](https://evil.example/pixel.png)",
    "![x](/f/../../etc/passwd)",
    '![x](/f/key/a.png"onerror="alert(1))',
    '[a](https://a.example/ "x\\" onmouseover=\\"alert(1)")',
    '<https://a.example/"onclick=alert(1)>',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '```js" onload="alert(1)\nx\n```',
    '<a id="login" href="https://a.example">x</a>',
    "<style>body{display:none}</style>",
    "https://a.example/<script>alert(1)</script>",
    "`</code><script>alert(1)</script>`",
    "| <img src=x onerror=1> |\n|:-:|\n| style |",
]


class Tags(HTMLParser):
    """Collects what a browser would find dangerous."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.bad: list[tuple] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style", "svg", "iframe", "object", "form", "input", "base", "meta", "link"):
            self.bad.append((tag,))
        for name, value in attributes:
            if name.startswith("on") or name == "style" or (name == "id" and not value.startswith("u-")):
                self.bad.append((tag, name, value))
            if name == "href" and not re.match(r"https?://|mailto:|/(?![/\\])|#", value):
                self.bad.append((tag, name, value))
            if name == "src" and not value.startswith("/f/"):
                self.bad.append((tag, name, value))


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_renders_no_script_no_event_and_no_foreign_address(attack):
    for source in (attack, f"> {attack}", f"- {attack}", f"**{attack}**", f"[{attack}]({attack})"):
        assert Tags(markdown.render(source)).bad == []


def test_the_second_wall_holds_alone():
    dirty = '<a href="javascript:x" onclick=1 id=a>x</a><img src="https://e.example/x"><p style="x">y</p><div class="hero">z</div>'
    assert Tags(markdown._cleaner().clean(dirty)).bad == []
    assert "hero" not in markdown._cleaner().clean(dirty)


def test_it_keeps_what_members_write():
    html = markdown.render("**太字** *斜体* ~~消す~~ `code`\n\n1. 一\n2. 二\n\n> 引用\n\n---\n\n```python\nx < 1\n```")
    for part in (
        "<strong>太字</strong>", "<em>斜体</em>", "<s>消す</s>", "<code>code</code>", "<ol>\n<li>一</li>", "<blockquote>", "<hr>",
        '<pre tabindex="0"><code class="language-python">x &lt; 1\n</code></pre>',
    ):  # fmt: skip
        assert part in html


@pytest.mark.parametrize(
    "source", ["**「保存」**を押す", "これは**重要です。**必ず", "**注意：**設定", "手順**（任意）**です"]
)
def test_emphasis_closes_beside_japanese_brackets_and_full_stops(source):
    assert "<strong>" in markdown.render(source)
    assert "**" not in markdown.render(source)


def test_a_line_break_is_a_line_break():
    assert "一行目<br>\n二行目" in markdown.render("一行目\n二行目")


def test_an_address_ends_where_japanese_begins():
    html = markdown.render("手順はhttps://example.com/a_b*c*d?x=1&y=2を見て（https://example.com/b）。")
    assert '<a href="https://example.com/a_b*c*d?x=1&amp;y=2" rel="noopener nofollow ugc">' in html
    assert '<a href="https://example.com/b" rel="noopener nofollow ugc">https://example.com/b</a>）。' in html


def test_a_file_name_is_no_address():
    assert "<a " not in markdown.render("setup.py と example.com と v1.2.jp")


def test_images_come_from_this_community_only():
    html = markdown.render("![図](/f/abc_1/図.png) ![外](https://evil.example/x.png)")
    assert 'alt="図"' in html
    assert 'loading="lazy"' in html
    assert html.count("<img") == 1
    assert '<a href="https://evil.example/x.png" rel="noopener nofollow ugc">外</a>' in html


def test_headings_start_below_the_pages_own_and_never_skip():
    html = markdown.render("### 一\n\n# 二\n\n#### 三", top_heading=3)
    assert re.findall(r"<(h\d)>", html) == ["h3", "h3", "h4"]


def test_tables_scroll_in_their_own_box_and_align_by_class():
    html = markdown.render("| 名前 | |\n|---|--:|\n| あ | 1 |")
    assert '<div class="tblwrap" tabindex="0"><table>' in html
    assert '<td class="ta-right">1</td>' in html
    assert html.count("<th") - html.count("<thead") == 1


def test_tasks_are_signs_and_no_form_fields():
    html = markdown.render("- [ ] まだ\n- [x] 済み\n- [link](/t/1/)")
    assert html.count('<li class="task">') == 2
    assert "☐" in html
    assert "☑" in html
    assert "<input" not in html


def test_a_mention_links_to_the_member_and_an_unknown_one_does_not():
    html = markdown.render(
        "@chie さん、ありがとう＠Aoiさん @nobody", mention_url=lambda h: None if h == "nobody" else f"/m/{h}/"
    )
    assert '<a href="/m/chie/" class="mention"' in html
    assert '<a href="/m/aoi/" class="mention"' in html
    assert "@nobody</p>" in html


def test_mentions_leave_out_code_links_addresses_and_quotations():
    source = "@aoi ありがとう@ben。aoi@example.com `@code` [@quoted](/t/1/#p-2) @aoi @x\n\n    @indented\n\n```\n@fenced\n```\n@_ok"
    assert markdown.mentions(source) == ["aoi", "ben", "_ok"]


def test_a_quotation_names_the_post_it_comes_from():
    source = markdown.quote("一行目\n- 二行目 *x*", handle="chie", url="/t/12/#p-3")
    html = markdown.render(source + "返事です")
    assert '<blockquote class="quote">' in html
    assert '<a href="/t/12/#p-3" class="quote__by"' in html
    assert "*x*" in html
    assert "<p>返事です</p>" in html
    assert markdown.mentions(source) == []


def test_text_is_what_a_reader_sees():
    source = "# 題\n\n本文 **太字** [リンク](https://a.example)\n次の行\n\n- 一\n- 二\n\n|a|b|\n|-|-|\n|1|2|\n\n![図](/f/a/b.png)"
    text = markdown.to_text(source)
    assert text.split("\n") == ["題", "本文 太字 リンク", "次の行", "一", "二", "a\tb\t", "1\t2\t", "図"]


def test_a_document_is_one_reading():
    source = "@chie **こんにちは**"
    found = markdown.document(source)
    assert found.html == markdown.render(source)
    assert found.text == markdown.to_text(source) == "@chie こんにちは"
    assert found.mentions == ["chie"]


def test_an_excerpt_counts_characters_as_people_do():
    assert markdown.excerpt("が👨‍👩‍👧🇯🇵です\n\nね", limit=5) == "が👨‍👩‍👧🇯🇵で…"
    assert markdown.excerpt(" 短い\n文 ", limit=10) == "短い 文"


def test_it_refuses_a_text_over_the_limit():
    with pytest.raises(markdown.TooLong) as refusal:
        markdown.render("あ" * (markdown.MAX_LENGTH + 1))
    assert refusal.value.limit == markdown.MAX_LENGTH


def test_a_long_definition_used_often_does_not_swell_the_page():
    html = markdown.render("[a]: /" + "x" * 1_900 + "\n\n" + "[a] " * 20_000)
    assert len(html) < 400_000


HOSTILE = {
    "brackets": lambda n: "[" * n,
    "images": lambda n: "![" * (n // 2),
    "open links": lambda n: "[a](" * (n // 4),
    "emphasis": lambda n: "*a _b " * (n // 6),
    "nested emphasis": lambda n: "*a " * (n // 6) + "b*" * (n // 6),
    "backticks": lambda n: "".join("e" + "`" * run for run in range(int((2 * n) ** 0.5))),
    "quotes": lambda n: ">" * n,
    "lists": lambda n: "- " * (n // 2),
    "addresses": lambda n: "http://a." * (n // 9),
    "mail": lambda n: "a@a." * (n // 4),
    "mailto": lambda n: "mailto:" * (n // 7),
    "brackets in address": lambda n: "http://a.co/" + ")" * n,
    "mentions": lambda n: "@ab *c* " * (n // 8),
    "references": lambda n: "[a]: b\n" * (n // 7),
    "table": lambda n: "|a" * (n // 4) + "\n" + "|-" * (n // 4) + "\n",
    "entities": lambda n: "&#x" * (n // 3),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_cost_stays_near_linear(name):
    # A quadratic step would make the longer text 16 times as dear; 10 leaves room for a busy machine.
    short, long = (_seconds(HOSTILE[name](length)) for length in (8_000, 32_000))
    assert long < 10 * max(short, 0.005)


def _seconds(source: str) -> float:
    times = []
    for _attempt in range(2):
        start = time.process_time()
        markdown.render(source)
        times.append(time.process_time() - start)
    return min(times)
