"""The builder of rules as `/styleguide/` shows it: an invented rule over facts that no app declares."""

from typing import Any

from kizuna.base.components.rule_builder import rows_of
from kizuna.base.rules import Choice, Column, Dated, Entity, Fact, Kind, Verdict, parse, sentence
from kizuna.base.rules.drafting import draft_of
from kizuna.base.rules.facts import Catalogue

ABOUT = {"ja": "メンバー", "en": "Member"}
TRADES = [Choice("food", {"ja": "飲食", "en": "Food service"}), Choice("retail", {"ja": "小売", "en": "Retail"})]
RULE = {
    "all": [
        {"fact": "trade", "op": "one_of", "value": ["food"]},
        {
            "any": [
                {"fact": "posts", "op": "gte", "value": 3, "days": 30},
                {"fact": "joined", "op": "past_within", "value": 90},
            ]
        },
    ]
}


def _nothing() -> Any:
    """Stand for rows: the examples are drawn, never asked."""
    raise NotImplementedError


def _fact(name: str, ja: str, en: str, kind: Kind, source: Any, **more: Any) -> Fact:
    return Fact(name, "member", {"ja": ja, "en": en}, kind, source, heading=ABOUT, **more)


def example(language: str) -> dict[str, Any]:
    """Return the builder's rows, the sentence and a member's reasons."""
    facts = [
        _fact("trade", "業種", "trade", Kind.CHOICE, Column("trade"), choices=lambda: TRADES),
        _fact("joined", "入会日", "day of joining", Kind.DATE, Column("joined")),
        _fact(
            "posts", "投稿", "posts", Kind.COUNT, Dated(_nothing, "member", 1, day="day"),
            unit={"ja": "件", "en": "post"},
        ),
    ]  # fmt: skip
    entity = Entity("member", ABOUT, {"ja": "メンバー", "en": "members"}, {"ja": "人", "en": ""}, _nothing)
    catalogue = Catalogue({"member": entity}, {fact.name: fact for fact in facts}, {})
    rule = parse({"version": 1, "entity": "member", "root": RULE})
    is_ja = language == "ja"
    met = Verdict("業種が『飲食』" if is_ja else "Trade is “Food service”", True, "飲食" if is_ja else "Food service")
    missed = Verdict(
        "直近30日に投稿が3件以上" if is_ja else "At least 3 posts in the last 30 days", False, "1件" if is_ja else "1"
    )
    return {
        "row": rows_of(draft_of(rule), entity="member", catalogue=catalogue, language=language),
        "sentence": sentence(rule, catalogue=catalogue, language=language),
        "verdict": Verdict("", False, join="all", parts=(met, missed)),
        "title": "条件" if is_ja else "Conditions",
        "why": "なぜ入る・入らない" if is_ja else "Why in, why out",
        "name": "大西 隆" if is_ja else "Takashi",
        "language": language,
    }
