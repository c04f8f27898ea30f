"""What stands beside a name: the member's card as plain values."""

from dataclasses import dataclass

from kizuna.core.members.models import Member


@dataclass(frozen=True)
class Person:
    """An author as fragments show one."""

    name: str
    url: str
    hue: int
    avatar_url: str
    company: str
    level: int | None
    is_gold: bool
    badges: tuple[str, ...]


def card_of(member: Member) -> Person:
    """Return what everybody may see beside this member's name."""
    card = member.card or {}
    return Person(
        name=member.name,
        url=f"/m/{member.handle}/",
        hue=member.hue,
        avatar_url=avatar_url(member.avatar_key),
        company=member.company,
        level=card.get("level"),
        is_gold=bool(card.get("gold")),
        badges=tuple(card.get("badges", ())),
    )


def avatar_url(key: str) -> str:
    """Return the address of a small copy of an avatar, or nothing."""
    return f"/f/{key}/avatar?w=160" if key else ""
