"""Settings of the inbox: what is due when, and what is pressing."""

from typing import Any

from kizuna.core.community.settings import SettingKey, between, words
from kizuna.success.inbox.models import Inquiry

MOST_RULES = 60
MOST_WORDS = 200
LONGEST_WORD = 40
MOST_TIERS = 200
MOST_MINUTES = 60 * 24 * 60


def _rules(value: Any) -> list[dict[str, Any]]:
    """Check [{priority, plan, response, resolution}]: business minutes, None where nothing is due."""
    if not isinstance(value, list) or len(value) > MOST_RULES:
        raise ValueError(f"Expected at most {MOST_RULES} rules.")
    seen, rules = set(), []
    for item in value:
        rule = {"priority": item["priority"], "plan": " ".join(str(item.get("plan", "")).split())[:80]}
        if rule["priority"] not in Inquiry.Priority.values:
            raise ValueError("Expected a priority.")
        if (key := tuple(rule.values())) in seen:
            raise ValueError("One rule for each priority and plan.")
        seen.add(key)
        rules.append({**rule, **{name: _minutes(item.get(name)) for name in ("response", "resolution")}})
    return rules


def _minutes(value: Any) -> int | None:
    return None if value is None else int(between(1, MOST_MINUTES)(value))


def _lines(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_WORDS:
        raise ValueError(f"Expected at most {MOST_WORDS} words.")
    lines = [" ".join(str(item).split())[:LONGEST_WORD] for item in value]
    return list(dict.fromkeys(line for line in lines if line))


def _tiers(value: Any) -> list[dict[str, str]]:
    """Check [{attribute, value}]: the short name of a field for accounts, and one of its choices."""
    if not isinstance(value, list) or len(value) > MOST_TIERS:
        raise ValueError(f"Expected at most {MOST_TIERS} choices.")
    found = [{"attribute": str(item["attribute"])[:40], "value": str(item["value"])[:80]} for item in value]
    return [item for index, item in enumerate(found) if item not in found[:index]]


DUE_RULES = SettingKey(
    "inbox.due_rules",
    [
        {"priority": "urgent", "plan": "", "response": 120, "resolution": 960},
        {"priority": "high", "plan": "", "response": 240, "resolution": 960},
        {"priority": "normal", "plan": "", "response": 240, "resolution": 960},
        {"priority": "low", "plan": "", "response": 480, "resolution": 2400},
    ],
    _rules,
)
# Whoever writes one of these has trouble that does not wait.
URGENT_WORDS = SettingKey(
    "inbox.urgent_words",
    ["至急", "緊急", "今すぐ", "できない", "できません", "動かない", "開かない",
     "止まって", "届かない", "障害", "urgent", "outage", "down"],
    _lines,
)  # fmt: skip
# Customers with one of these plans go first among what came in outside hours.
FIRST_PLANS = SettingKey("inbox.first_plans", [], _lines)
# So do customers whose field of the manager's, one with choices, says one of these.
FIRST_TIERS = SettingKey("inbox.first_tiers", [], _tiers)
# How many business minutes before a due the owner is told, and the managers.
WARN_MINUTES = SettingKey("inbox.warn_minutes", 60, between(0, 24 * 60))
ESCALATE_MINUTES = SettingKey("inbox.escalate_minutes", 15, between(0, 24 * 60))

PLACES = ("navigation", "menu", "nowhere")
MOST_CATEGORIES = 30
LONGEST_WORDS = 2000


def _form(value: Any) -> dict[str, Any]:
    """Check how the contact form is: for whom, where, which fields, and its words."""
    if value["place"] not in PLACES:
        raise ValueError("Expected a place.")
    switches = ("is_on", "for_visitors", "company", "phone", "urgent")
    texts = {name: words(value.get(name, {})) for name in ("intro", "privacy")}
    if any(len(text) > LONGEST_WORDS for group in texts.values() for text in group.values()):
        raise ValueError("These words are too long.")
    return {
        **{name: bool(value.get(name)) for name in switches},
        "place": value["place"],
        "categories": _lines(value.get("categories", []))[:MOST_CATEGORIES],
        **texts,
    }


FORM = SettingKey(
    "inbox.form",
    {
        "is_on": False,
        "for_visitors": False,
        "place": "navigation",
        "company": True,
        "phone": False,
        "urgent": True,
        "categories": [],
        "intro": {},
        "privacy": {
            "ja": "いただいた内容は、お問い合わせへの返事と、サービスの改善のために使います。",
            "en": "We use what you write to answer you and to make our service better.",
        },
    },
    _form,
)
