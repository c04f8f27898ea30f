"""What matching knows about the names of firms, one claim a test."""

import pytest

from kizuna.success.customers.matching.domains import domain_of, key_of
from kizuna.success.customers.matching.linking import best, linked
from kizuna.success.customers.matching.names import parsed
from kizuna.success.customers.matching.numbers import corporate_number_of, is_corporate_number, phone_of
from kizuna.success.customers.matching.scoring import Firm, compared

FIRM = Firm("株式会社青波堂", kana="アオナミドウ", domains=("aonami.co.jp",), phone="075-123-4567")


@pytest.mark.parametrize(
    "written",
    [
        "㈱青波堂", "(株)青波堂", "（株）　青波堂", "株式會社青波堂", "株 式 会 社 青波堂", "㍿青波堂", "株式会社 青波堂 御中",
        "株式会社青波堂 東京支店", "株式会社青波堂(旧:青波屋)", "カ)アオナミドウ", "カブシキガイシャ　アオナミドウ", "株会社青波堂",
        "青\U000e0100波堂 御中", "Aonamido Co., Ltd.", "AONAMIDO K.K.", "Aonamidou Inc.",
    ],
)  # fmt: skip
def test_one_firm_is_known_in_every_spelling(written):
    assert compared(Firm(written), FIRM).is_accepted, parsed(written)


@pytest.mark.parametrize("written", ["青波堂株式会社", "青波堂㈱", "有限会社青波堂", "(同)青波堂", "アオナミドウ(カ"])
def test_another_form_or_the_form_on_the_other_side_is_another_firm_until_a_key_agrees(written):
    assert not compared(Firm(written), FIRM).is_accepted
    assert compared(Firm(written, domains=("info@aonami.co.jp",)), FIRM).is_accepted
    assert compared(Firm(written, phone="０７５（１２３）４５６７"), FIRM).is_accepted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("株式会社髙﨑商店", "株式会社高崎商店"), ("齋藤製作所(有)", "斎藤製作所有限会社"), ("渡邊澤工業㈱", "渡辺沢工業株式会社"),
        ("ﾊﾞﾝﾄﾞｰ化学(株)", "バンドー化学株式会社"), ("バンド－化学㈱", "バンドー化学株式会社"), ("霞が関商会㈱", "霞ヶ関商会株式会社"),
        ("ＫＤＤＩ㈱", "KDDI株式会社"), ("一の瀬建設㈱", "一ノ瀬建設株式会社"),
        ("第1製菓㈱", "第一製菓株式会社"), ("キャノン㈱", "キヤノン株式会社"),
        ("イート＆㈱", "イートアンド株式会社"), ("ア・イ・テック㈱", "アイテック株式会社"), ("サーバ㈱", "サーバー株式会社"),
    ],
)  # fmt: skip
def test_letters_that_people_do_not_tell_apart_are_one(one, other):
    assert parsed(one) == parsed(other)


@pytest.mark.parametrize(
    "other",
    [
        "株式会社青波堂ホールディングス", "株式会社青波堂販売", "株式会社蒼波堂", "新青波堂株式会社", "株式会社青波", "株式会社白波堂",
    ],
)  # fmt: skip
def test_a_name_that_is_only_like_another_is_not_taken_for_it(other):
    assert not compared(Firm(other), FIRM).is_accepted


def test_a_firm_of_the_same_group_at_the_same_address_stays_another():
    sister = Firm("株式会社青波堂販売", domains=("aonami.co.jp",), phone="075-123-4567")
    assert not compared(sister, FIRM).is_accepted


def test_firms_that_only_sound_alike_are_asked_about():
    assert not compared(Firm("株式会社蒼波堂", kana="アオナミドウ"), FIRM).is_accepted


def test_corporate_numbers_decide_in_either_direction():
    mine, other = "7000012050002", "1180301018771"
    known = Firm("株式会社青波堂", corporate_number=mine)
    assert compared(Firm("すっかり改名した会社", corporate_number=mine), known).is_accepted
    assert compared(Firm("株式会社青波堂", corporate_number=other), known).confidence == 0


def test_a_corporate_number_carries_its_own_check():
    assert is_corporate_number("7000012050002")  # the National Tax Agency's own
    assert not is_corporate_number("7000012050003")
    assert corporate_number_of("７０００－０１２０－５０００２") == "7000012050002"
    assert corporate_number_of("7000012050003") == ""


def test_free_mail_is_no_key():
    same = {"domains": ("someone@gmail.com",)}
    assert not compared(Firm("株式会社赤井", **same), Firm("株式会社青井", **same)).confidence
    assert key_of("a@yahoo.co.jp") == key_of("b@docomo.ne.jp") == key_of("c@mail.nifty.com") == ""


def test_a_domain_is_known_by_what_was_registered():
    assert key_of("info@mail.aonami.co.jp") == key_of("https://www.aonami.co.jp/shop") == "aonami.co.jp"
    assert key_of("city@city.chuo.tokyo.jp") == "city.chuo.tokyo.jp"
    assert domain_of("no domain") == domain_of("") == domain_of("a@b") == ""


def test_a_telephone_number_is_its_digits():
    assert phone_of("+81-75-123-4567") == phone_of("０７５（１２３）４５６７") == "0751234567"
    assert phone_of("110") == ""


def test_a_name_without_its_form_fits_unless_two_bear_it():
    front, back = Firm("株式会社青波堂", ref=1), Firm("青波堂株式会社", ref=2)
    assert best(Firm("青波堂"), [front]).is_accepted
    link = best(Firm("青波堂"), [front, back])
    assert not link.is_accepted
    assert link.match.reason == "several_fit"


def test_a_row_that_fits_nothing_gets_no_link():
    assert linked([Firm("まったく別の会社")], [FIRM]) == []


@pytest.mark.parametrize("written", ["", " ", "株式会社", "（株）", "・・・", "㈱ 御中", "A", "\U000e0100"])
def test_what_is_no_name_matches_nothing_and_breaks_nothing(written):
    assert not compared(Firm(written), FIRM).is_accepted
    assert not any(link.is_accepted for link in linked([Firm(written)], [FIRM, Firm(written)])) or parsed(written).core


def test_a_former_name_still_matches():
    renamed = Firm("株式会社ミナモ", aliases=("株式会社糸と布",))
    assert compared(Firm("㈱糸と布"), renamed).is_accepted
