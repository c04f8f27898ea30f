"""Where the widget may be placed and what it shows."""

from typing import Any

from kizuna.core.community.settings import SettingKey, words
from kizuna.interfaces.widget.origins import origin_of

MOST_ORIGINS = 50
MOST_PLACES = 200
LONGEST_GREETING = 300
LONGEST_PHONE = 80


def _placed(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("Expected the widget.")
    origins = list(dict.fromkeys(origin_of(str(item)) for item in value.get("origins", [])))
    if len(origins) > MOST_ORIGINS:
        raise ValueError(f"Expected at most {MOST_ORIGINS} origins.")
    return {
        "is_on": bool(value.get("is_on")),
        "origins": origins,
        "greeting": {key: text[:LONGEST_GREETING] for key, text in words(value.get("greeting", {})).items()},
        "phone": " ".join(str(value.get("phone", "")).split())[:LONGEST_PHONE],
        # Slugs; empty is everything that the viewer may see.
        "spaces": [str(item)[:60] for item in value.get("spaces", [])][:MOST_PLACES],
        "categories": [str(item)[:60] for item in value.get("categories", [])][:MOST_PLACES],
    }


PLACED = SettingKey(
    "widget.placed",
    {"is_on": False, "origins": [], "greeting": {}, "phone": "", "spaces": [], "categories": []},
    _placed,
)
