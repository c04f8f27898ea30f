"""Read the community's settings, words and generations. Settings are cached on the community object by generation."""

from collections.abc import Collection
from typing import Any

from kizuna.base import hosting
from kizuna.base.web.opened import Change, by_field
from kizuna.core.community import generations
from kizuna.core.community import settings as keys
from kizuna.core.community.models import ManagerAction, Setting
from kizuna.core.community.settings import SettingKey, in_language

SITE = "site"  # settings, brand, navigation, spaces: what every page's chrome shows
MOST = 20  # changes that are told to whoever comes second with a form
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


def last_change(subject: str) -> int | None:
    """Return the number of the last change of something that Studio wrote down."""
    return ManagerAction.objects.filter(subject=subject).order_by("-pk").values_list("pk", flat=True).first()


def changes_of(subject: str, names: Collection[str], *, after: int) -> list[Change]:
    """Return who changed some fields of something in Studio after a change, the latest first."""
    rows = ManagerAction.objects.filter(subject=subject, pk__gt=after).select_related("member").order_by("-pk")
    found = []
    for row in rows[: MOST * 5]:
        before, now = by_field(row.before or {}), by_field(row.after or {})
        fields = [name for name in names if before.get(name) != now.get(name)]
        if fields:
            found.append(Change(row.member.name if row.member else "", row.at, fields))
    return found[:MOST]
