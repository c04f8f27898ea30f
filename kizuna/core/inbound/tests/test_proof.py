"""A sender is proven by a signature of their own domain or by the receiver that is trusted, and by nothing else."""

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kizuna.core.inbound.proof import is_aligned, prove
from kizuna.core.inbound.tests.mails import plain

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = dkim.base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
)
RECEIVER = "mx.sakura.test"


def txt(name: bytes) -> bytes | None:
    return b"v=DKIM1; k=rsa; p=" + PUBLIC if name.rstrip(b".").startswith(b"s1._domainkey.") else None


def signed(raw: bytes, domain: str, **options) -> bytes:
    return dkim.sign(raw, b"s1", domain.encode(), PEM, **options) + raw


def proven(raw: bytes, *, receiver: str = "", ask=txt):
    return prove(raw, from_address="taro@customer.example", receiver=receiver, txt=ask)


def test_a_right_signature_of_the_own_domain():
    found = proven(signed(plain(), "customer.example"))
    assert (found.dkim, found.is_own, found.detail) == ("pass", True, "dkim customer.example")


def test_a_changed_text_or_another_domain_proves_nothing():
    assert not proven(signed(plain(), "customer.example") + b"added").is_own
    other = proven(signed(plain(), "attacker.example"))
    assert (other.dkim, other.is_own) == ("fail", False)
    assert proven(signed(signed(plain(), "attacker.example"), "customer.example")).is_own, "one of two is enough"


def test_a_signature_over_a_part_of_the_text_proves_nothing():
    raw = signed(plain(), "customer.example", length=True)
    assert not proven(raw + "続き".encode()).is_own


def test_dns_that_does_not_answer_is_no_proof():
    def away(name):
        raise OSError("away")

    found = proven(signed(plain(), "customer.example"), ask=away)
    assert (found.dkim, found.is_own) == ("unknown", False)


def test_two_senders_are_none():
    raw = signed(plain(), "customer.example")
    assert not proven(b"From: boss@customer.example\r\n" + raw).is_own
    two = signed(plain(From="taro@customer.example, boss@other.example"), "customer.example")
    assert not proven(two).is_own


@pytest.mark.parametrize(
    ("results", "is_own"),
    [
        ("mx.sakura.test; spf=pass smtp.mailfrom=taro@customer.example", True),
        ("mx.sakura.test; dkim=pass header.d=customer.example header.s=x", True),
        ("mx.sakura.test; dmarc=pass header.from=customer.example", True),
        ("mx.sakura.test; dmarc=pass header.from=attacker.example", False),
        ("mx.sakura.test; spf=pass smtp.mailfrom=a@attacker.example", False),
        ("mx.sakura.test; spf=fail smtp.mailfrom=taro@customer.example; dkim=none", False),
        (
            "mx.sakura.test; spf=pass (customer.example smtp.mailfrom=taro@customer.example) smtp.mailfrom=a@attacker.example",
            False,
        ),
        ("mx.attacker.example; spf=pass smtp.mailfrom=taro@customer.example", False),
        ("mx.sakura.test.attacker.example; dmarc=pass header.from=customer.example", False),
    ],
)
def test_results_of_the_trusted_receiver_alone_count(results, is_own):
    raw = plain(Authentication_Results=results)
    assert proven(raw, receiver=RECEIVER, ask=lambda name: None).is_own is is_own
    assert not proven(raw, ask=lambda name: None).is_own


def test_only_the_topmost_results_count():
    forged = plain(Authentication_Results="mx.sakura.test; spf=pass smtp.mailfrom=taro@customer.example")
    real = b"Authentication-Results: mx.sakura.test; spf=fail smtp.mailfrom=taro@customer.example\r\n" + forged
    assert not proven(real, receiver=RECEIVER, ask=lambda name: None).is_own


def test_who_may_speak_for_whom():
    assert is_aligned("customer.example", "mail.customer.example")
    assert not is_aligned("mail.customer.example", "customer.example")
    assert not is_aligned("co.jp", "yamada.co.jp")
    assert not is_aligned("example", "customer.example")
    assert is_aligned("yamada.co.jp", "yamada.co.jp")
