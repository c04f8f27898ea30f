"""What phones and mailers really send under a label, or under a wrong one, is read as it was written."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuna.core.inbound.parsing import parse
from kizuna.core.inbound.parsing.charsets import decoded, guessed
from kizuna.core.inbound.tests.mails import jis, plain, word

HARD = "①㈱髙橋様、Ⅳ号機は㍻28年製です。ﾃｽﾄ～－∥"
PLAIN = "お世話になっております。"


@pytest.mark.parametrize(
    ("charset", "label"),
    [
        ("iso-2022-jp", "iso-2022-jp"), ("cp932", "shift_jis"), ("cp932", "Shift_JIS"), ("cp932", "x-sjis"),
        ("utf-8", "utf-8"), ("utf-8", "iso-2022-jp"), ("utf-8", "us-ascii"), ("utf-8", ""), ("utf-8", "shift_jis"),
        ("iso-2022-jp", "utf-8"), ("iso-2022-jp", "us-ascii"), ("iso-2022-jp", ""), ("cp932", ""), ("cp932", "utf-8"),
        ("cp932", "us-ascii"), ("cp932", "no-such-charset"),
    ],
)  # fmt: skip
def test_hard_letters_survive_whatever_the_label_says(charset, label):
    text = f"{PLAIN}\n{HARD.replace('ﾃｽﾄ', 'テスト')}\n{PLAIN}"
    assert parse(plain(text, charset=charset, label=label)).text == text


def test_euc_with_letters_of_windows():
    raw = "".join(["髙", PLAIN]).encode("euc_jis_2004", "ignore")
    assert "お世話になっております" in decoded(raw, "euc-jp")
    circled = bytes((0xAD, 0xA1)) + "番です。よろしくお願いいたします。".encode("euc_jp")
    assert decoded(circled, "euc-jp") == "①番です。よろしくお願いいたします。"
    assert guessed("これはEUCの文章です。読めますか。".encode("euc_jp")) == "これはEUCの文章です。読めますか。"


def test_half_kana_in_any_of_its_escapes():
    assert decoded(b"\x1b(I6E^\x1b(B", "iso-2022-jp") == "ｶﾅﾞ"
    assert decoded("ｶﾅ".encode("cp932"), "shift_jis") == "ｶﾅ"


def test_signs_of_phones_become_a_mark_and_take_nothing_along():
    assert decoded(b'\x1b$B$"\x75\x41$$\x1b(B', "iso-2022-jp") == "あ〓い"
    assert decoded("あ".encode("cp932") + b"\xf8\x9f" + "い".encode("cp932"), "shift_jis") == "あ〓い"
    assert decoded(b"A\x1b$Gj\x0fB", "iso-2022-jp") == "A〓B"


def test_a_line_that_forgets_to_leave_its_letters():
    assert decoded(b'\x1b$B$"$$\nABC', "iso-2022-jp").startswith("あい\n")


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "cp932"])
def test_subjects_in_encoded_words(charset):
    label = "shift_jis" if charset == "cp932" else charset
    subject = word("㈱山田商店の髙橋です①", charset).replace("cp932", label)
    assert parse(plain(subject=subject)).subject == "㈱山田商店の髙橋です①"


def test_a_letter_cut_in_two_by_encoded_words():
    raw = "見積書の件".encode()
    first, second = (base64.b64encode(part).decode() for part in (raw[:4], raw[4:]))
    parsed = parse(plain(subject=f"=?utf-8?B?{first}?=\r\n =?utf-8?B?{second}?="))
    assert parsed.subject == "見積書の件"


def test_raw_letters_in_headers():
    raw = plain().replace(b"Subject: ", b"Subject: " + "生の件名 ".encode("cp932"))
    assert parse(raw).subject.startswith("生の件名")
    assert parse(plain().replace(b"Subject: ", b"Subject: " + jis("件名"))).subject.startswith("件名")


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "utf-8", "iso-2022-jp", "shift_jis", "euc-jp", "x\x00y", "utf-7", "rot13"]),
)
def test_no_bytes_make_it_raise(raw, label):
    assert isinstance(decoded(raw, label), str)


WRITABLE = st.characters(codec="cp932", min_codepoint=0x80, exclude_categories=["Co"], exclude_characters="¢£¬‖−〜")


@given(st.text(alphabet=WRITABLE, max_size=60))
def test_what_windows_can_write_comes_back_through_jis(text):
    wide = "".join(letter for letter in text if len(letter.encode("cp932")) == 2)
    assert decoded(jis(wide), "iso-2022-jp") == wide
