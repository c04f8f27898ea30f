"""Settings of privacy."""

from kizuna.core.community.settings import SettingKey, between

# APPI asks for an answer 遅滞なく (without delay): two weeks is what people take that for. GDPR says one month.
APPI_DAYS = SettingKey("privacy.appi_days", 14, between(1, 60))
GDPR_DAYS = SettingKey("privacy.gdpr_days", 30, between(1, 30))
