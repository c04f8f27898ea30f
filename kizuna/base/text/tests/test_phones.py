"""One number in every notation is one key; what is no number has none."""

import pytest

from kizuna.base.text import phones

TOKYO = "+81355500142"


@pytest.mark.parametrize(
    "text",
    [
        "03-5550-0142", "0355500142", "(03)5550-0142", "03(5550)0142", "03.5550.0142", "03 5550 0142", "03　5550　0142",
        "０３－５５５０－０１４２", "０３ー５５５０ー０１４２", "03‐5550‐0142", "03–5550—0142", "03−5550−0142", "03ｰ5550ｰ0142",
        "+81-3-5550-0142", "+81 3 5550 0142", "+81 (0)3-5550-0142", "+810355500142", "＋８１３５５５００１４２", "0081-3-5550-0142",
        "00813 5550 0142", "010-81-3-5550-0142", "tel:+81-3-5550-0142", "sip:0355500142@pbx.example", "TEL 03-5550-0142",
        "代表 03-5550-0142", "03-5550-0142（代表）", "03-5550-0142 内線 12", "03-5550-0142(内線12)", "03-5550-0142 ext. 12",
        "03-5550-0142 x12", "03-5550-0142 / 090-1234-5678",
    ],
)  # fmt: skip
def test_every_notation_of_one_number_is_one_key(text):
    assert phones.key_of(text) == TOKYO


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("0120-550-142", "+81120550142"),
        ("0800-555-0142", "+818005550142"),
        ("050-5550-0142", "+815055500142"),
        ("090-5550-0142", "+819055500142"),
        ("0422-55-0142", "+81422550142"),
        ("04992-2-0142", "+81499220142"),
        ("+1 650-253-0000", "+16502530000"),
        ("010 1 650 253 0000", "+16502530000"),
    ],
)
def test_free_dial_mobile_and_foreign_numbers_have_their_key(text, key):
    assert phones.key_of(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110",
        "#9110",
        "内線12",
        "非通知",
        "anonymous",
        "03",
        "1" * 60,
        "٣",
        "\x00",
        "+",
        "()",
        "ー" * 40,
        "03-" * 30,
    ],
)
def test_what_is_no_number_has_no_key(text):
    assert phones.key_of(text) == ""


def test_only_a_number_by_itself_is_typed_as_a_number():
    assert phones.is_number("０３ー５５５０ー０１４２")
    assert not phones.is_number("青波堂 03-5550-0142")
    assert not phones.is_number("2026")


def test_a_key_is_shown_as_it_is_written_at_home():
    assert phones.shown(TOKYO) == "03-5550-0142"
    assert phones.shown("+81120550142") == "0120-550-142"
    assert phones.shown("+16502530000") == "+1 650-253-0000"
    assert phones.shown("nothing") == "nothing"
