"""Settings of members."""

from kizuna.core.community.settings import SettingKey, one_of

# Whoever holds a role needs a passkey or two-step sign-in: what staff can see and do is worth more than a password.
STAFF_SECOND_PROOF = SettingKey("members.staff_second_proof", False, one_of(True, False))
