"""A mail is written once; subject and plain text are read off it."""

import pytest
from django.template import engines
from django.utils import translation

from kizuna.base.components import mail

TEMPLATE = """{% extends "kizuna/mail/base.html" %}{% load kizuna_mail %}
{% block subject %}{{ name }}さんに回答が届きました{% endblock %}
{% block preheader %}見出しの前の一行{% endblock %}
{% block title %}{{ name }}さんに回答が届きました{% endblock %}
{% block body %}{% mail_text first %}{% mail_heading "ほかの質問" %}{% mail_link "https://c.example/t/2/" "送料のこと" %}{% endblock %}"""
CONTEXT = {
    "site_name": "みせばこ",
    "site_url": "https://c.example/",
    "name": "木村 <あおい>",
    "first": "1 < 2 です。",
    "button_url": "https://c.example/t/1/?a=1&b=2",
    "button_label": "回答を読む",
    "reason": "質問した方にお送りしています。",
    "settings_url": "https://c.example/me/mail/",
    "unsubscribe_url": "https://c.example/u/abc/",
    "sender": "みせばこ株式会社 東京都千代田区1-1",
}


@pytest.fixture
def drawn(settings, tmp_path) -> tuple[str, str, str]:
    (tmp_path / "answer.html").write_text(TEMPLATE, encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with translation.override("ja"):
        yield mail.render_mail("answer.html", CONTEXT)
    engines._engines = {}


def test_the_title_is_the_subject_unescaped_and_on_one_line(drawn):
    subject, _, _ = drawn
    assert subject == "木村 <あおい>さんに回答が届きました"


def test_the_plain_text_has_the_same_lines_in_the_same_order(drawn):
    _, text, _ = drawn
    lines = [line for line in text.splitlines() if line]
    assert lines == [
        "みせばこ",
        "https://c.example/",
        "木村 <あおい>さんに回答が届きました",
        "1 < 2 です。",
        "ほかの質問",
        "送料のこと",
        "https://c.example/t/2/",
        "回答を読む",
        "https://c.example/t/1/?a=1&b=2",
        "質問した方にお送りしています。",
        "届く内容を選ぶ",
        "https://c.example/me/mail/",
        "このメールを止める",
        "https://c.example/u/abc/",
        "みせばこ株式会社 東京都千代田区1-1",
    ]


def test_the_line_before_the_mail_is_hidden_in_both_parts(drawn):
    _, text, html = drawn
    assert "見出しの前の一行" not in text
    assert "display:none" in html.split("見出しの前の一行")[0].rsplit("<div", 1)[1]


def test_the_html_is_inline_escaped_and_in_the_brand_colour(drawn):
    _, _, html = drawn
    assert "木村 &lt;あおい&gt;" in html
    assert "<script" not in html
    assert "<link" not in html
    assert 'bgcolor="#1d5187"' in html
    assert '<html lang="ja">' in html


def test_a_mail_without_optional_parts_has_no_empty_links(settings, tmp_path):
    html = mail.render_mail("kizuna/mail/base.html", {"site_name": "M", "site_url": "https://c.example/"})[2]
    assert 'href=""' not in html
    assert html.count("<a ") == 1
