"""What a form was opened on, read back from what a browser sends."""

from datetime import UTC, date, datetime

import pytest

from kizuna.base.web.opened import Change, Opened, Overtaken, mark_of, require_unchanged

NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)
VALUES = {"name": "青波堂", "renews_on": date(2027, 1, 31), "seats": 4, "note": None}


def test_it_goes_into_a_form_and_comes_back():
    opened = Opened.on(VALUES, number=17)
    assert Opened.read({"opened": str(opened)}) == opened


@pytest.mark.parametrize("sent", ["", "17", "17.zz", "17.0123456789abcdef ", "-1.0123456789abcdef", "x" * 5000, None])
def test_what_is_none_is_no_check(sent):
    assert Opened.read({"opened": sent}) is None


def test_the_order_of_the_values_does_not_matter_and_each_value_does():
    assert mark_of(dict(reversed(VALUES.items()))) == mark_of(VALUES)
    for name in VALUES:
        assert mark_of({**VALUES, name: "x"}) != mark_of(VALUES)


def test_it_says_who_only_where_something_differs():
    def never(after):
        raise AssertionError

    require_unchanged(None, {"name": "x"}, never)
    require_unchanged(Opened.on(VALUES, number=None), VALUES, never)
    changes = {17: [Change("愛", NOON, ["seats"])]}
    with pytest.raises(Overtaken) as overtaken:
        require_unchanged(Opened.on(VALUES, number=17), {**VALUES, "seats": 5}, changes.__getitem__)
    assert overtaken.value.changes == changes[17]
