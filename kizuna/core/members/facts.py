"""What rules may ask about members as members. What they do and write is declared by the apps where they do it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from kizuna.base.rules import Choice, Column, Entity, Fact, FactGroup, Kind, Rows, Stale
from kizuna.core.members.activities import (
    ATTRIBUTES_CHANGED,
    MEMBER_CLAIMED,
    MEMBER_JOINED,
    MEMBER_RESTORED,
    PROFILE_CHANGED,
    ROLE_GRANTED,
    ROLE_REVOKED,
)
from kizuna.core.members.models import Attribute, AttributeValue, Member, Role, RoleGrant

MEMBER = "member"
ABOUT = {"ja": "メンバー", "en": "Member"}
ROLE_WORDS = {
    Role.OWNER: {"ja": "オーナー", "en": "Owner"},
    Role.ADMIN: {"ja": "コミュニティマネージャー", "en": "Community manager"},
    Role.MODERATOR: {"ja": "モデレーター", "en": "Moderator"},
    Role.SUCCESS_MANAGER: {"ja": "CS担当", "en": "Success manager"},
    Role.ANALYST: {"ja": "分析担当", "en": "Analyst"},
}
LANGUAGE_WORDS = {"ja": {"ja": "日本語", "en": "Japanese"}, "en": {"ja": "英語", "en": "English"}}
OWN_CHANGE = (Stale(PROFILE_CHANGED.verb), Stale(MEMBER_JOINED.verb, "object"), Stale(MEMBER_CLAIMED.verb, "object"))


def pickable() -> QuerySet[Any]:
    """Return all whom a rule can pick: people who are members now, not authors of imported texts."""
    return Member.objects.filter(state=Member.State.ACTIVE, is_system=False, is_imported=False)


def _facts() -> Iterator[Fact]:
    joined = (Stale(MEMBER_JOINED.verb, "object"), Stale(MEMBER_CLAIMED.verb, "object"))
    yield _fact("joined_at", {"ja": "入会日", "en": "day of joining"}, Kind.DATETIME, stale_by=joined)
    # Changes with every visit and no activity says so: looked at hourly.
    yield _fact("last_seen_on", {"ja": "最後に来た日", "en": "day of the last visit"}, Kind.DATE, is_clocked=True)
    yield _fact("company", {"ja": "会社名", "en": "company"}, Kind.TEXT, stale_by=OWN_CHANGE)
    yield _fact(
        "language", {"ja": "表示の言語", "en": "language"}, Kind.CHOICE, is_clocked=True,
        choices=lambda: [Choice(value, words) for value, words in LANGUAGE_WORDS.items()],
    )  # fmt: skip
    yield Fact(
        name="member.roles",
        entity=MEMBER,
        label={"ja": "役割", "en": "roles"},
        kind=Kind.CHOICES,
        source=Rows(lambda: RoleGrant.objects.all(), "member_id", "role"),
        choices=lambda: [Choice(role.value, words) for role, words in ROLE_WORDS.items()],
        stale_by=(Stale(ROLE_GRANTED.verb, "object"), Stale(ROLE_REVOKED.verb, "object")),
        heading=ABOUT,
    )
    for attribute in Attribute.objects.filter(is_archived=False).order_by("position", "id"):
        yield _of_attribute(attribute)


def _of_attribute(attribute: Attribute) -> Fact:
    column = {Attribute.Kind.NUMBER: "number", Attribute.Kind.DATE: "day", Attribute.Kind.YES_NO: "flag"}
    words = [Choice(choice["value"], {"ja": choice["ja"], "en": choice["en"]}) for choice in attribute.choices]
    return Fact(
        name=f"attribute.{attribute.key}",
        entity=MEMBER,
        label=attribute.label,
        kind=Kind(attribute.kind),
        source=Rows(
            lambda: AttributeValue.objects.filter(attribute_id=attribute.pk),
            "member_id",
            column.get(Attribute.Kind(attribute.kind), "text"),
        ),
        choices=lambda: words,
        stale_by=(Stale(ATTRIBUTES_CHANGED.verb, "object"),),
        heading={"ja": "メンバー項目", "en": "Attributes"},
    )


def _fact(column: str, label: dict[str, str], kind: Kind, **more: Any) -> Fact:
    return Fact(f"member.{column}", MEMBER, label, kind, Column(column), heading=ABOUT, **more)


# A suspension that is lifted brings a member back into the population.
JOINS = (
    Stale(MEMBER_RESTORED.verb, "object"),
    Stale(MEMBER_JOINED.verb, "object"),
    Stale(MEMBER_CLAIMED.verb, "object"),
)
ENTITY = Entity(
    MEMBER,
    noun={"ja": "メンバー", "en": "member"},
    plural={"ja": "メンバー", "en": "members"},
    unit={"ja": "人", "en": ""},
    population=pickable,
    stale_by=JOINS,
)
FACTS = FactGroup("members", _facts)
