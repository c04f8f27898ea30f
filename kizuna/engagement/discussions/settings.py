"""Settings that discussions declare."""

import re
from typing import Any

from kizuna.core.community.settings import SettingKey, between, words

_WORD = re.compile(r"[a-z][a-z0-9_]{0,19}")


def reaction_words(value: Any) -> list[dict[str, str]]:
    """Check a list of reactions: [{"word": "thanks", "ja": "ありがとう", "en": "Thanks"}, …], one to eight of them."""
    if not isinstance(value, list) or not 1 <= len(value) <= 8:
        raise ValueError("Expected one to eight reactions.")
    cleaned = []
    for item in value:
        if not isinstance(item, dict) or not _WORD.fullmatch(str(item.get("word", ""))):
            raise ValueError("Each reaction needs a word in small letters.")
        labels = words({language: item[language] for language in ("ja", "en") if language in item})
        if not any(labels.values()):
            raise ValueError("Each reaction needs a label.")
        cleaned.append({"word": item["word"], **labels})
    if len({item["word"] for item in cleaned}) < len(cleaned):
        raise ValueError("Each reaction stands once.")
    return cleaned


DOUBTED = "same"  # the word for "I have this question too"
THANKS = "thanks"  # the word that counts as thanks on posts and members, whatever its label

REACTIONS = SettingKey(
    "discussions.reactions",
    [
        {"word": THANKS, "ja": "ありがとう", "en": "Thanks"},
        {"word": "insight", "ja": "なるほど", "en": "Good to know"},
        {"word": "tried", "ja": "やってみた", "en": "Tried it"},
        {"word": "same", "ja": "わたしも", "en": "Me too"},
    ],
    reaction_words,
)
# How long a question stays with members before staff are told, where the space says nothing else.
MEMBERS_FIRST_HOURS = SettingKey("discussions.members_first_hours", 24, between(0, 24 * 30))
# "Did this solve it?" goes to the asker after so many days without a word.
SOLVED_CHECK_DAYS = SettingKey("discussions.solved_check_days", 3, between(1, 60))
# Limits for members; staff have none.
POSTS_PER_MINUTE = SettingKey("discussions.posts_per_minute", 10, between(1, 100_000))
TOPICS_PER_HOUR = SettingKey("discussions.topics_per_hour", 20, between(1, 100_000))
# Links of people who joined less than this ago wait for a moderator.
NEWCOMER_HOURS = SettingKey("discussions.newcomer_hours", 24, between(0, 24 * 90))
