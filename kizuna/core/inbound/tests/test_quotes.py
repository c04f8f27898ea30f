"""The answer is told from the history below it and from the signature, as the usual mailers in Japan write them."""

import time

import pytest

from kizuna.core.inbound.parsing.quotes import split

ANSWER = "ありがとうございます。\n来週の月曜で大丈夫です。"
HISTORIES = {
    "gmail_ja": "2026年11月16日(月) 15:02 サポート <support@sakura.test>:\n\n> ご連絡ありがとうございます。\n> 日程はいかがでしょうか。",
    "gmail_ja_wrapped": "2026年11月16日(月) 15:02 株式会社さくらのサポート窓口の担当\n<support@sakura.test>:\n\n> ご都合は？",
    "gmail_en": "On Mon, Nov 16, 2026 at 3:02 PM Support <support@sakura.test> wrote:\n\n> When?\n> Monday?",
    "gmail_en_wrapped": "On Mon, Nov 16, 2026 at 3:02 PM Sakura Support Team\n<support@sakura.test> wrote:\n> When?",
    "outlook_ja": "________________________________\n差出人: サポート <support@sakura.test>\n送信日時: 2026年11月16日 15:02\n宛先: 山田\n"
    "件名: Re: 見積\n\nご連絡ありがとうございます。\n--\nさくら",
    "outlook_ja_plain": "-----Original Message-----\nFrom: support@sakura.test [mailto:support@sakura.test]\n"
    "Sent: Monday, November 16, 2026 3:02 PM\n"
    "To: Yamada\nSubject: Re\n\nいかがでしょうか。",
    "outlook_en": "From: Support <support@sakura.test>\nSent: Monday, November 16, 2026 3:02 PM\nTo: Yamada\nSubject: Re: offer\n\nWhen?",
    "iphone_ja": "iPhoneから送信\n\n2026/11/16 15:02、サポート <support@sakura.test>のメール:\n\n> いかがでしょうか。",
    "iphone_ja_wide": "2026/11/16 15:02、Support <support@sakura.test>のメール：\n\n\ufeffいかがでしょうか。\n次の行",
    "thunderbird_ja": "On 2026/11/16 15:02, サポート wrote:\n> いかがでしょうか。\n>\n> 以上",
    "thunderbird_ja_words": "2026/11/16 15:02、サポート さんは書きました:\n> いかがでしょうか。",
    "becky": "On Mon, 16 Nov 2026 15:02:00 +0900\nSupport <support@sakura.test> wrote:\n\n> いかがでしょうか。\n> よろしく。",
    "old_becky": "Support <support@sakura.test> wrote:\n> いかがでしょうか。",
    "yahoo_ja": "----- Original Message -----\n>From: support@sakura.test\n>To: taro@customer.example\n>\n>いかがでしょうか。",
    "wide_marks": "＞ いかがでしょうか。\n＞ よろしく。",
    "bars": "> いかがでしょうか。\n>> 前の前\n> よろしく。",
    "moto": "-------- 元のメッセージ --------\nFrom: Support\n日時: 2026/11/16\n件名: x\nいかが。",
}


@pytest.mark.parametrize("name", HISTORIES)
def test_history_below_is_told_from_the_answer(name):
    found = split(f"{ANSWER}\n\n{HISTORIES[name]}")
    assert found.answer == ANSWER
    assert (
        "いかが" in found.quoted
        or "hen?" in found.quoted
        or "ご都合" in found.quoted
        or "日程" in found.quoted
        or "ありがとう" in found.quoted
    )


def test_an_answer_below_its_quotation():
    found = split(f"2026/11/16 15:02、X <x@y.example>のメール:\n> いつがよいですか。\n\n{ANSWER}")
    assert found.answer == ANSWER


def test_answers_between_quoted_lines_keep_what_they_answer():
    text = "On 2026/11/16 15:02, X wrote:\n> いつがよいですか。\n月曜です。\n> どこで？\n御社で。\n> よろしく"
    assert split(text).answer == "> いつがよいですか。\n\n月曜です。\n> どこで？\n御社で。"


def test_a_mail_that_is_only_forwarded_is_kept_whole():
    text = "---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: 2026\nSubject: x\n\n本文"
    assert split(text).answer == text


SIGNATURES = {
    "dashes": "-- \n山田太郎\n株式会社山田商店\nTEL 03-0000-0000",
    "line": "━━━━━━━━━━━━━━━━\n山田 太郎\n株式会社山田商店\nTEL：03-0000-0000\ntaro@customer.example\n━━━━━━━━━━━━━━━━",
    "stars": "*:;;;:*:;;;:*:;;;:*\n㈱山田商店 山田\n電話 03-0000-0000\nhttps://customer.example\n",
    "hyphens": "--------------------\n山田太郎\n有限会社ヤマダ\n〒100-0000 東京都",
    "phone": "iPhoneから送信",
    "android": "Galaxyスマートフォンから送信",
    "outlook": "Get Outlook for iOS<https://example.com/x>",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_folded(name):
    found = split(f"{ANSWER}\n\n{SIGNATURES[name]}")
    assert found.answer == ANSWER
    assert found.signature == SIGNATURES[name].rstrip()


@pytest.mark.parametrize(
    "text",
    [
        "見積番号は 2026-11-16 です。\n差出人: 書かないでください",
        "表です。\n-----\nA社 100円\nB社 200円\n-----\n以上です。",
        "2026年11月16日に届いた商品が壊れていました。\n交換できますか。",
        "> とだけ書いてあります。これは何ですか。\nと画面に出ます。\n次の手順を教えてください。",
        "次の 3 点です。\n1. 色\n2. 大きさ\n3. From: の意味",
        "",
        "\n\n",
        ">",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text):
    kept = split(text).answer
    if text.startswith("> と"):
        assert kept.endswith("教えてください。")
    else:
        assert kept == text.strip("\n")


def test_long_hostile_texts_cost_little():
    began = time.perf_counter()
    for text in ("> " * 50_000, "On 2026/11/16 a\n" * 12_000, "-" * 200_000, "_" * 200_000, "From: x\n" * 20_000,
                 "2026年11月16日 <" * 12_000, "* " * 90_000):  # fmt: skip
        split(text)
    assert time.perf_counter() - began < 6
