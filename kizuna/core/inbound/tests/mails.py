"""Raw mails as the usual programs write them; every word in them is made up for these tests."""

import base64
from email.header import Header

CRLF = "\r\n"


def jis(text: str) -> bytes:
    """Return ISO-2022-JP as phones and old mailers write it: characters of CP932 as pairs of JIS."""
    out, is_wide = bytearray(), False
    for letter in text:
        raw = letter.encode("cp932")
        if len(raw) == 1:
            if is_wide:
                out += b"\x1b(B"
            is_wide = False
            out += raw
            continue
        if not is_wide:
            out += b"\x1b$B"
        is_wide = True
        out += bytes(_pair(*_selected(raw)))
    return bytes(out) + (b"\x1b(B" if is_wide else b"")


def _selected(raw: bytes) -> tuple[int, int]:
    """Return the place of an IBM character (lead FA–FC) among those NEC selected, which pairs of JIS can reach."""
    if raw[0] < 0xFA:
        return raw[0], raw[1]
    letter = raw.decode("cp932")
    for lead in (0xED, 0xEE):
        for trail in range(0x40, 0xFD):
            try:
                if bytes((lead, trail)).decode("cp932") == letter:
                    return lead, trail
            except UnicodeDecodeError:
                continue
    raise ValueError(letter)


def _pair(lead: int, trail: int) -> tuple[int, int]:
    first = (lead - (0x81 if lead <= 0x9F else 0xC1)) * 2 + 0x21
    if trail >= 0x9F:
        return first + 1, trail - 0x7E
    return first, trail - (0x20 if trail >= 0x80 else 0x1F)


def word(text: str, charset: str = "utf-8") -> str:
    """Return an encoded word."""
    raw = jis(text) if charset == "iso-2022-jp" else text.encode(charset)
    return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="


def plain(
    text: str = "こんにちは。",
    *,
    charset: str = "utf-8",
    label: str | None = None,
    subject: str = "お問い合わせ",
    **headers: str,
) -> bytes:
    """Return a mail of one text part. Headers come with `_` for `-`; an empty one is left out."""
    body = jis(text) if charset == "iso-2022-jp" else text.encode(charset)
    fields = {
        "From": "Yamada Taro <taro@customer.example>",
        "To": "support@sakura.test",
        "Subject": subject if subject.isascii() else Header(subject, "utf-8").encode(),
        "Date": "Mon, 16 Nov 2026 15:02:00 +0900",
        "Message-ID": "<m1@customer.example>",
        "MIME-Version": "1.0",
        "Content-Type": f"text/plain; charset={label if label is not None else charset}",
        "Content-Transfer-Encoding": "8bit",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}{CRLF}" for name, value in fields.items() if value != "")
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + body.replace(b"\n", b"\r\n")


def multipart(*parts: bytes, kind: str = "mixed", **headers: str) -> bytes:
    """Return a mail of several parts, each with its own headers."""
    marker = "=_kizuna_test"
    fields = {
        "From": "Yamada Taro <taro@customer.example>",
        "To": "support@sakura.test",
        "Subject": "files",
        "Date": "Mon, 16 Nov 2026 15:02:00 +0900",
        "Message-ID": "<m2@customer.example>",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/{kind}; boundary="{marker}"',
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}{CRLF}" for name, value in fields.items() if value != "").encode()
    body = b"".join(f"--{marker}{CRLF}".encode() + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + f"--{marker}--{CRLF}".encode()


def text_part(text: str, *, kind: str = "plain", charset: str = "utf-8", more: str = "") -> bytes:
    return f"Content-Type: text/{kind}; charset={charset}{more}{CRLF}{CRLF}".encode() + text.encode(charset)


def file_part(name: str, content: bytes, *, kind: str = "application/octet-stream") -> bytes:
    """Return an attachment; the header of its name is given raw."""
    head = f"Content-Type: {kind}{CRLF}Content-Disposition: attachment; {name}{CRLF}Content-Transfer-Encoding: base64{CRLF}{CRLF}"
    return head.encode("utf-8", "surrogateescape") + base64.encodebytes(content)


def bounce(
    *,
    message_id: str,
    address: str,
    status: str = "5.1.1",
    action: str = "failed",
    said: str = "smtp; 550 User unknown",
) -> bytes:
    """Return a delivery status notification as RFC 3464 has it."""
    told = (
        f"Content-Type: message/delivery-status{CRLF}{CRLF}Reporting-MTA: dns; mx.customer.example{CRLF}{CRLF}"
        f"Final-Recipient: rfc822; {address}{CRLF}Action: {action}{CRLF}Status: {status}{CRLF}Diagnostic-Code: {said}{CRLF}"
    ).encode()
    original = (
        f"Content-Type: text/rfc822-headers{CRLF}{CRLF}Message-ID: {message_id}{CRLF}To: {address}{CRLF}Subject: x{CRLF}"
    ).encode()
    return multipart(
        text_part("Your mail could not be delivered."), told, original, kind="report; report-type=delivery-status",
        From="MAILER-DAEMON@customer.example", Subject="Undelivered Mail Returned to Sender",
    )  # fmt: skip


def complaint(*, message_id: str, address: str) -> bytes:
    """Return an abuse report (ARF)."""
    told = (
        f"Content-Type: message/feedback-report{CRLF}{CRLF}Feedback-Type: abuse{CRLF}Version: 1{CRLF}"
        f"Original-Rcpt-To: <{address}>{CRLF}"
    ).encode()
    original = (
        f"Content-Type: message/rfc822{CRLF}{CRLF}Message-ID: {message_id}{CRLF}Subject: x{CRLF}{CRLF}body".encode()
    )
    return multipart(
        text_part("This is an abuse report."), told, original, kind="report; report-type=feedback-report",
        From="fbl@provider.example", Subject="complaint",
    )  # fmt: skip
