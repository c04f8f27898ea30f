"""Settings of privacy."""

from typing import Any

from kizuna.core.community.settings import SettingKey, between

# APPI asks for an answer 遅滞なく (without delay): two weeks is what people take that for. GDPR says one month.
APPI_DAYS = SettingKey("privacy.appi_days", 14, between(1, 60))
GDPR_DAYS = SettingKey("privacy.gdpr_days", 30, between(1, 30))


def _sender(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) - {"name", "postal", "contact"}:
        raise ValueError("Expected {'name', 'postal', 'contact'}.")
    return {name: str(text).strip()[:300] for name, text in value.items()}


# Who sends promotional mail (特定電子メール法, article 4): name, postal address, and where to ask or complain.
SENDER = SettingKey("privacy.sender", {"name": "", "postal": "", "contact": ""}, _sender)
