"""Settings that referrals declare."""

from kizuna.core.community.settings import SettingKey, one_of, words

IS_ON = SettingKey("referrals.is_on", True, one_of(True, False))
# {link} and {community} are filled in for each member.
SHARE_TEXT = SettingKey(
    "referrals.share_text",
    {
        "ja": "「{community}」に参加しています。困ったことを聞いたり、ほかの方の工夫を読んだりできます。よければこちらからどうぞ。\n{link}",
        "en": "I am a member of {community}, where we ask each other and share what works. Join us here if you like.\n{link}",
    },
    words,
)
