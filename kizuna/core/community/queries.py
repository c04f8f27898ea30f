"""Read the community's settings, words and generations. Settings are cached on the community object by generation."""

from typing import Any

from kizuna.base import hosting
from kizuna.core.community import settings as keys
from kizuna.core.community.models import Generation, Setting
from kizuna.core.community.settings import SettingKey, in_language

SITE = "site"  # settings, brand, navigation, spaces: what every page's chrome shows
CONTENT = "content"  # topics, posts, articles and counters: what visitors' pages show


def generations() -> dict[str, int]:
    """Return the generations' numbers as the database has them now."""
    return dict(Generation.objects.values_list("name", "number"))


def setting(key: SettingKey) -> Any:
    """Return the value of `key`, or its default."""
    return all_settings().get(key.key, key.default)


def all_settings() -> dict[str, Any]:
    """Return every stored setting, from the process cache while the site's generation stands."""
    number = site_generation()
    caches = hosting.current().caches
    cached = caches.get("settings")
    if cached is None or cached[0] != number:
        cached = (number, dict(Setting.objects.values_list("key", "value")))
        caches["settings"] = cached
    return cached[1]


def site_generation() -> int:
    """Return the site generation known to this request (checked once a request by the generations middleware)."""
    known = hosting.current().caches.get("generations")
    if known is None:
        return generations().get(SITE, 1)
    return known.get(SITE, 1)


def name(language: str) -> str:
    return in_language(setting(keys.NAME), language)
