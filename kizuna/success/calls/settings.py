"""Settings of calls."""

from kizuna.core.community.settings import SettingKey, between

# How long the link to a recording is kept with its call; the recording itself lies with the telephone system.
RECORDING_DAYS = SettingKey("calls.recording_days", 90, between(1, 3650))
