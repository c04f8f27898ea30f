"""Names stand among other words and must leave them as they are."""

import pytest

from kizuna.base.text.lines import one_line


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (" 木村 あおい\u3000", "木村 あおい"),
        ("木村\u202e いおあ", "木村 いおあ"),
        ("\u2067木村\u2069\u200f", "木村"),
        ("木村\r\n管理者\t\x00さま", "木村 管理者 さま"),
        ("a\u2028b\x85c", "a b c"),
        ("شركة العنب", "شركة العنب"),
        ("👩\u200d🌾 ぶどう園", "👩\u200d🌾 ぶどう園"),
        ("\u202e\u2066", ""),
    ],
)
def test_a_line_stays_one_and_turns_nothing_around(typed, line):
    assert one_line(typed) == line
    assert one_line(line) == line
