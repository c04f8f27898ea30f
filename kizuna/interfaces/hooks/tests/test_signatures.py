"""Signatures fit the published examples and the public library, and nothing else fits."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from standardwebhooks import Webhook

from kizuna.interfaces.hooks import signatures

# Published with Twilio's libraries and in their documentation.
POSTBIN = {
    "AccountSid": "AC9a9f9392lad99kla0sklakjs90j092j3", "ApiVersion": "2010-04-01",
    "CallSid": "CAd800bb12c0426a7ea4230e492fef2a4f", "CallStatus": "ringing", "Called": "+15306384866",
    "CalledCity": "OAKLAND", "CalledCountry": "US", "CalledState": "CA", "CalledZip": "94612", "Caller": "+15306666666",
    "CallerCity": "SOUTH LAKE TAHOE", "CallerCountry": "US", "CallerName": "CA Wireless Call", "CallerState": "CA",
    "CallerZip": "89449", "Direction": "inbound", "From": "+15306666666", "FromCity": "SOUTH LAKE TAHOE",
    "FromCountry": "US", "FromState": "CA", "FromZip": "89449", "To": "+15306384866", "ToCity": "OAKLAND",
    "ToCountry": "US", "ToState": "CA", "ToZip": "94612",
}  # fmt: skip
DOCUMENTED = {
    "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
    "To": "+18005551212",
}  # fmt: skip
MYAPP = "https://mycompany.com/myapp.php?foo=1&bar=2"


def test_twilios_published_examples_fit():
    assert signatures.is_twilio(
        MYAPP, list(DOCUMENTED.items()), signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=", secrets=["12345"]
    )
    assert signatures.is_twilio(
        "http://www.postbin.org/1ed898x", list(POSTBIN.items()), signature="fF+xx6dTinOaCdZ0aIeNkHr/ZAA=",
        secrets=["1c892n40nd03kdnc0112slzkl3091j20"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "changed", "signature", "secret"),
    [
        ("https://mycompany.com/myapp.php?foo=1&bar=3", {}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345"),
        ("https://other.example/myapp.php?foo=1&bar=2", {}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345"),
        (MYAPP, {"Digits": "1235"}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345"),
        (MYAPP, {"More": "1"}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345"),
        (MYAPP, {}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12346"),
        (MYAPP, {}, "", "12345"),
        (MYAPP, {}, "ａ" * 28, "12345"),
    ],
)
def test_whatever_differs_is_not_twilios(url, changed, signature, secret):
    params = list({**DOCUMENTED, **changed}.items())
    assert not signatures.is_twilio(url, params, signature=signature, secrets=[secret])


def test_twilios_signature_counts_with_and_without_the_port():
    with_port = MYAPP.replace("mycompany.com", "mycompany.com:443")
    for url in (MYAPP, with_port):
        assert signatures.is_twilio(
            url, list(DOCUMENTED.items()), signature="RSOYDt4T1cUTdK1PDd93/VVr8B8=", secrets=["12345"]
        )


def test_what_the_public_library_signs_fits_with_either_secret():
    one, other = "whsec_" + "A" * 43 + "=", "whsec_" + "B" * 43 + "="
    at = datetime(2026, 11, 27, tzinfo=UTC)
    signed = Webhook(one).sign("msg_1", at, '{"a":1}')
    stamp = str(int(at.timestamp()))
    fits = lambda **changed: signatures.is_standard(  # noqa: E731
        **{
            "body": b'{"a":1}',
            "event": "msg_1",
            "timestamp": stamp,
            "signatures": signed,
            "secrets": [other, one],
            **changed,
        }
    )
    assert fits()
    assert fits(signatures=f"v1,wrong {signed}")
    for changed in (
        {"body": b'{"a":2}'}, {"event": "msg_2"}, {"timestamp": "1"}, {"secrets": [other]}, {"secrets": []},
        {"signatures": signed.replace("v1", "v2")}, {"signatures": ""}, {"signatures": "v1,"},
    ):  # fmt: skip
        assert not fits(**changed)


def test_the_example_in_the_documentation_is_signed_right():
    page = (Path(settings.BASE_DIR) / "docs" / "calls.md").read_text(encoding="utf-8")
    said = lambda pattern: re.search(pattern, page, re.MULTILINE)[1]  # noqa: E731
    assert signatures.is_standard(
        said(r"^(\{.*\})$").encode(), event=said(r"webhook-id: (\S+)"), timestamp=said(r"webhook-timestamp: (\d+)"),
        signatures=said(r"webhook-signature: (\S+)"), secrets=[said(r"signed with `(\S+)`")],
    )  # fmt: skip


def test_slacks_published_example_fits():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    assert signatures.is_slack(body, timestamp="1531420618", signature=signed, secret=secret)
    assert not signatures.is_slack(body + b"&", timestamp="1531420618", signature=signed, secret=secret)
    assert not signatures.is_slack(body, timestamp="1531420619", signature=signed, secret=secret)


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "１７６４２３０４００", "9" * 30])
def test_a_time_that_is_none_is_not_timely(stamp):
    assert not signatures.is_timely(stamp, now=1_764_230_400)


def test_five_minutes_are_the_limit():
    assert signatures.is_timely("1764230100", now=1_764_230_400)
    assert not signatures.is_timely("1764230099", now=1_764_230_400)
    assert not signatures.is_timely("1764230701", now=1_764_230_400)
