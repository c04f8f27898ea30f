"""Mails are taken apart whole, and none makes the parser raise or work for long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuna.core.inbound.parsing import Unreadable, message_id_of, parse
from kizuna.core.inbound.parsing.reports import ours
from kizuna.core.inbound.tests.mails import bounce, complaint, file_part, jis, multipart, plain, text_part, word

OURS = "<kizuna.sakura.1795000000.0123456789abcdef@sakura.test>"


def test_the_usual_headers():
    parsed = parse(
        plain(
            From=f"{word('山田 太郎', 'iso-2022-jp')} <Taro@Customer.example>",
            In_Reply_To="<a@x>", References="<r1@x> <r2@x>", Reply_To="other@customer.example", Cc="b@c.example",
        )
    )  # fmt: skip
    assert (parsed.from_name, parsed.from_address) == ("山田 太郎", "Taro@Customer.example")
    assert parsed.message_id == "<m1@customer.example>"
    assert parsed.thread == ("<a@x>", "<r2@x>", "<r1@x>")
    assert parsed.reply_to == "other@customer.example"
    assert parsed.recipients == ("support@sakura.test", "b@c.example")
    assert parsed.sent_at.isoformat() == "2026-11-16T15:02:00+09:00"
    assert parsed.automatic == ""


def test_html_alone_becomes_text_with_its_quotes():
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>お世話に<b>なって</b>おります。<br>山田です。</p>"
        "<ul><li>一つ目</li><li>二つ目</li></ul><a href='https://example.com/a?b=1'>資料</a><script>alert(1)</script>"
        "<blockquote type=cite><div>以前の文</div><div>二行目</div></blockquote></body></html>"
    )
    parsed = parse(multipart(text_part(page, kind="html"), kind="alternative"))
    assert parsed.is_from_html
    assert parsed.answer == (
        "お世話になっております。\n山田です。\n\n・一つ目\n・二つ目\n\n資料 (https://example.com/a?b=1)"
    )
    assert parsed.quoted == "> 以前の文\n> 二行目"
    assert "alert" not in parsed.text


def test_a_plain_part_that_says_nothing_gives_way_to_the_page():
    page = "<p>" + "本文がここにあります。" * 30 + "</p>"
    parsed = parse(multipart(text_part("HTMLメールです。"), text_part(page, kind="html"), kind="alternative"))
    assert parsed.text.startswith("本文がここに")
    parsed = parse(multipart(text_part("プレーンの本文です。" * 9), text_part(page, kind="html"), kind="alternative"))
    assert parsed.text.startswith("プレーン")


def test_flowed_lines_are_joined():
    text = "これは長い文が \n続くところです。\n> 引用も \n> 続きます。\n-- \n署名"
    parsed = parse(plain(text, label="utf-8; format=flowed; delsp=yes"))
    assert parsed.answer == "これは長い文が続くところです。"
    assert (parsed.quoted, parsed.signature) == ("> 引用も続きます。", "--\n署名")
    kept = parse(plain("one \ntwo", label="utf-8; format=flowed"))
    assert kept.text == "one two"


@pytest.mark.parametrize(
    "name",
    [
        'filename="=?utf-8?B?6KaL56mN5pu4LnBkZg==?="',
        "filename*=utf-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf",
        "filename*=iso-2022-jp''%1B%24B8%2B%40Q%3Dq%1B%28B.pdf",
        "filename*0*=utf-8''%E8%A6%8B%E7%A9%8D; filename*1*=%E6%9B%B8.pdf",
        'filename="' + "見積書.pdf".encode("cp932").decode("utf-8", "surrogateescape") + '"',
        'filename="見積書.pdf"',
        'filename="' + jis("見積書.pdf").decode() + '"',
    ],
)
def test_names_of_files_in_every_spelling(name):
    parsed = parse(multipart(text_part("添付します。"), file_part(name, b"%PDF-1.4 x", kind="application/pdf")))
    assert [(file.name, file.content) for file in parsed.files] == [("見積書.pdf", b"%PDF-1.4 x")]
    assert parsed.answer == "添付します。"


def test_a_forwarded_mail_comes_along_as_text():
    inner = b"Content-Type: message/rfc822\r\n\r\n" + plain("中の文章", subject="中の件名")
    parsed = parse(multipart(text_part("転送します"), inner))
    assert parsed.text == "転送します"
    assert "中の文章" in parsed.files[0].content.decode()


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"), ({"Auto_Submitted": "auto-generated (x)"}, "auto_reply"),
        ({"Auto_Submitted": "no"}, ""), ({"Precedence": "bulk"}, "mass"), ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"List_Unsubscribe": "<https://x.example/>"}, "mass"), ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"subject": "自動応答: 不在です"}, "auto_reply"), ({"subject": "Re: 不在通知の設定について"}, "auto_reply"),
        ({"subject": "Automatic reply: x"}, "auto_reply"), ({"X_Kizuna": "sakura@sakura.test"}, "own_mail"),
        ({"X_Kizuna": "other@elsewhere.example"}, ""), ({"X_Auto_Response_Suppress": "All"}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_mail_that_no_person_wrote(headers, why):
    assert parse(plain(**headers), envelope_from="a@b.example", own_mark="sakura@sakura.test").automatic == why


def test_an_empty_return_path_and_a_circle():
    assert parse(plain(), envelope_from="").automatic == "no_return"
    assert parse(b"Received: x\r\n" * 26 + plain(), envelope_from="a@b").automatic == "too_many_hops"


def test_a_bounce_by_the_standard():
    report = parse(bounce(message_id=OURS, address="chie@example.com"), envelope_from="").report
    assert (report.kind, report.message_ids, report.recipients) == ("bounce", (OURS,), ("chie@example.com",))
    assert report.is_final
    assert report.status == "5.1.1"


@pytest.mark.parametrize(
    ("status", "action", "said"),
    [
        ("4.4.1", "delayed", "smtp; 451 later"),
        ("5.2.2", "failed", "smtp; 552 mailbox full"),
        ("5.7.1", "failed", "smtp; 550 5.7.1 spam"),
    ],
)
def test_a_bounce_that_may_pass_is_not_final(status, action, said):
    raw = bounce(message_id=OURS, address="chie@example.com", status=status, action=action, said=said)
    assert not parse(raw, envelope_from="").report.is_final


@pytest.mark.parametrize(
    "text",
    [
        "Returned mail: see transcript\n<chie@docomo.example>\n550 Unknown user chie@docomo.example\nMessage-ID: "
        + OURS,
        "The user(s) account is disabled.\n<chie@ezweb.example>: 550 5.1.1\n\nMessage-Id: " + OURS,
        "Could not be delivered to: <chie@softbank.example>\nReason: User unknown\n" + OURS,
        "次の宛先に配信できませんでした。\nchie@example.com 宛先不明\n" + OURS,
    ],
)
def test_bounces_as_carriers_write_them(text):
    raw = plain(text, subject="Mail System Error - Returned Mail", From="MAILER-DAEMON@carrier.example")
    report = parse(raw, envelope_from="").report
    assert report.kind == "bounce"
    assert report.message_ids == (OURS,)
    assert report.is_final


def test_a_person_who_writes_about_a_bounce_is_no_bounce():
    raw = plain("User unknown と返ってきました。" + OURS, subject="Returned mail について")
    assert parse(raw, envelope_from="taro@customer.example").report is None


def test_a_complaint():
    report = parse(complaint(message_id=OURS, address="chie@example.com")).report
    assert (report.kind, report.message_ids, report.recipients) == ("complaint", (OURS,), ("chie@example.com",))


def test_our_numbers_are_recognised():
    assert ours(f"x {OURS} y <kizuna.a.1.zz@x>") == [OURS]


def test_bombs_are_refused_quickly():
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(400))
    began = time.perf_counter()
    with pytest.raises(Unreadable):
        parse(b"Subject: x\r\n" + deep)
    with pytest.raises(Unreadable):
        parse(multipart(*[text_part("x")] * 300))
    parse(plain("x" * 3_000_000))
    parse(b"Subject: " + b"=?utf-8?B?" * 20_000 + b"\r\n\r\nx")
    parse(b"Subject: x\r\n" + b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nx")
    parse(b"From: " + b"(" * 50_000 + b"\r\n\r\nx")
    parse(multipart(text_part("<div>" * 60_000 + "x", kind="html"), kind="alternative"))
    assert time.perf_counter() - began < 8


def test_headers_carry_no_line_ends_on():
    parsed = parse(
        plain(
            subject=word("件名\r\nBcc: victim@example.com"), From=f"{word('a' + chr(13) + chr(10) + 'b')} <a@b.example>"
        )
    )
    assert "\n" not in parsed.subject + parsed.from_name
    assert "\r" not in parsed.subject + parsed.from_name


@given(st.binary(max_size=800))
def test_no_bytes_make_it_raise(raw):
    try:
        parse(raw)
    except Unreadable:
        pass
    message_id_of(raw)
