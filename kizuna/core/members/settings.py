"""Settings of members."""

from typing import Any

from kizuna.base import registry
from kizuna.base.registry.personal import GIVEN, WITHHELD
from kizuna.core.community import queries as community
from kizuna.core.community.settings import SettingKey, one_of

# Whoever holds a role needs a passkey or two-step sign-in: what staff can see and do is worth more than a password.
STAFF_SECOND_PROOF = SettingKey("members.staff_second_proof", False, one_of(True, False))


def _decisions(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or set(value.values()) - {GIVEN, WITHHELD}:
        raise ValueError("Expected {name: 'given' or 'withheld'}.")
    return {str(name): decision for name, decision in value.items()}


# Per kind of record: whether it goes into a person's copy. What is not named follows its declaration.
DISCLOSURE = SettingKey("privacy.disclosure", {}, _decisions)


def withheld_records() -> frozenset[str]:
    """Return the kinds of records that stay out of copies: by decision of a manager, else as declared."""
    decided = community.setting(DISCLOSURE)
    return frozenset(
        declared.name
        for declared in registry.of(registry.PersonalData)
        if decided.get(declared.name, declared.disclosure) == WITHHELD
    )
