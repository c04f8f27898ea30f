"""Hot pages: drawn once for each shape, filled for each request."""

import pytest
from django.template import engines
from django.utils.safestring import SafeString

from kizuna.base.components import patterns

TEMPLATE = (
    "{% if is_open %}<b>{{ title }}</b>{% else %}<i>{{ title }}</i>{% endif %}{% if note %} ({{ note }}){% endif %}"
)


@pytest.fixture
def drawn(monkeypatch):
    """Return the texts of templates drawn; the template `t.html` is TEMPLATE."""
    times = []

    def render(name, context):
        times.append(name)
        return engines["django"].from_string(TEMPLATE).render(context)

    monkeypatch.setattr(patterns, "render_to_string", render)
    monkeypatch.setattr(patterns, "_patterns", {})
    return times


def filled(is_open, **words):
    return patterns.fill("t.html", flags={"is_open": is_open}, words=words)


def test_a_shape_is_drawn_once_and_filled_for_each_request(drawn):
    assert filled(True, title="a", note="") == "<b>a</b>"
    assert filled(True, title="b", note="") == "<b>b</b>"
    assert filled(False, title="b", note="") == "<i>b</i>"
    assert filled(True, title="b", note="n") == "<b>b</b> (n)"
    assert len(drawn) == 3


def test_words_are_escaped_unless_they_are_markup(drawn):
    assert filled(True, title="<script>", note=SafeString("<u>x</u>")) == "<b>&lt;script&gt;</b> (<u>x</u>)"


def test_a_word_that_looks_like_a_place_stays_a_word(drawn):
    assert filled(True, title="\0note\0", note="secret") == "<b>\0note\0</b> (secret)"


def test_zero_is_a_word_and_nothing_is_none(drawn):
    assert filled(True, title=0, note=None) == "<b>0</b>"


def test_many_shapes_do_not_stay_for_ever(drawn, monkeypatch):
    monkeypatch.setattr(patterns, "PATTERNS_KEPT", 2)
    for number in range(5):
        patterns.fill("t.html", flags={"is_open": True, "number": number}, words={"title": "x"})
    assert len(patterns._patterns) <= 2
