"""Typed settings. An app declares keys with a default and a check; values live in one table, read from a process cache."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones


@dataclass(frozen=True, eq=False)
class SettingKey:
    """A setting's name, its default and `clean(value)`, which returns the value to store or raises ValueError."""

    key: str
    default: Any
    clean: Callable[[Any], Any] = lambda value: value


def words(value: Any) -> dict[str, str]:
    """Check a text that a manager enters in Japanese and English: {"ja": ..., "en": ...}."""
    if not isinstance(value, dict) or set(value) - {"ja", "en"}:
        raise ValueError("Expected {'ja': text, 'en': text}.")
    return {language: str(text).strip() for language, text in value.items()}


def one_of(*choices: Any) -> Callable[[Any], Any]:
    def clean(value: Any) -> Any:
        if value not in choices:
            raise ValueError(f"Expected one of {choices}.")
        return value

    return clean


def between(low: float, high: float) -> Callable[[Any], Any]:
    def clean(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"Expected a number from {low} to {high}.")
        return value

    return clean


def time_zone(value: Any) -> str:
    if not isinstance(value, str) or value not in available_timezones():
        raise ValueError("Expected the name of a time zone, such as Asia/Tokyo.")
    return value


def in_language(value: dict[str, str], language: str) -> str:
    """Return the text in `language`, else the other language's."""
    return value.get(language) or value.get("ja") or value.get("en") or ""


NAME = SettingKey("community.name", {"ja": "コミュニティ", "en": "Community"}, words)
TAGLINE = SettingKey("community.tagline", {"ja": "", "en": ""}, words)
DESCRIPTION = SettingKey("community.description", {"ja": "", "en": ""}, words)
# A new community is closed: visitors have no audience until the owner opens it after a preview.
IS_OPEN = SettingKey("community.is_open", False, one_of(True, False))
JOINING = SettingKey("community.joining", "invitation", one_of("open", "approval", "invitation"))
DEFAULT_LANGUAGE = SettingKey("community.default_language", "ja", one_of("ja", "en"))
TIME_ZONE = SettingKey("community.time_zone", "Asia/Tokyo", time_zone)
BRAND_HUE = SettingKey("brand.hue", 252, between(0, 360))
BRAND_CHROMA = SettingKey("brand.chroma", 0.105, between(0.02, 0.14))
LOGO = SettingKey("brand.logo", "")
SYNONYMS = SettingKey("search.synonyms", [])
WELCOME = SettingKey("home.welcome", {"ja": "", "en": ""}, words)
