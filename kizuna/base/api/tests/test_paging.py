"""Cursors are ours or refused."""

import pytest

from kizuna.base.api.paging import BadCursor, cursor, read_cursor


def test_a_key_comes_back_as_it_went():
    assert read_cursor(cursor([5, "あ", -1]), types=[int, str, int]) == [5, "あ", -1]


@pytest.mark.parametrize("word", ["", "%", "x", cursor(["5"]), cursor([1, 2]), cursor([2**70]), cursor([True])])
def test_a_foreign_word_is_refused(word):
    with pytest.raises(BadCursor):
        read_cursor(word, types=[int])
