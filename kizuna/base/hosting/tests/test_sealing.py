"""Sealed secrets open here, for their purpose, and after the installation's secret was changed."""

import pytest

from kizuna.base.hosting.sealing import Unopenable, seal, unseal


def test_what_was_sealed_opens_and_does_not_show():
    sealed = seal("a client's secret", purpose="x")
    assert "secret" not in sealed
    assert unseal(sealed, purpose="x") == "a client's secret"


def test_it_opens_for_its_purpose_only():
    with pytest.raises(Unopenable):
        unseal(seal("text", purpose="x"), purpose="y")


def test_it_opens_after_a_change_of_the_key_while_the_earlier_one_is_listed(settings):
    settings.SECRET_KEY = "the first" * 6
    sealed = seal("text", purpose="x")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second" * 6, ["the first" * 6]
    assert unseal(sealed, purpose="x") == "text"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unopenable):
        unseal(sealed, purpose="x")
    with pytest.raises(Unopenable):
        unseal("nonsense", purpose="x")
