"""Read the community's settings, words and generations. Settings are cached on the community object by generation."""

from typing import Any

from kizuna.base import hosting
from kizuna.core.community import generations
from kizuna.core.community import settings as keys
from kizuna.core.community.models import Setting
from kizuna.core.community.settings import SettingKey, in_language

SITE = "site"  # settings, brand, navigation, spaces: what every page's chrome shows
CONTENT = "content"  # topics, posts, articles and counters: what visitors' pages show


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
    """Return the number that every page's chrome and every setting hangs on."""
    return generations.known().get(SITE, 1)


def content_generation() -> int:
    """Return the number that visitors' pages hang on."""
    return generations.known().get(CONTENT, 1)


def generation(name: str) -> int:
    """Return the number that something else hangs on which an app keeps."""
    return generations.known().get(name, 1)


def name(language: str) -> str:
    return in_language(setting(keys.NAME), language)
