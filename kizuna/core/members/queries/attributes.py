"""Read what members answered, by who may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.formats import date_format

from kizuna.core.community.settings import in_language
from kizuna.core.members.models import Attribute, AttributeValue, Member
from kizuna.core.members.viewer import Viewer


@dataclass(frozen=True)
class Answer:
    """What a member answered: a text, a list of choices, a number, a day or yes and no; None when nothing."""

    attribute: Attribute
    value: Any

    def read(self, language: str) -> str:
        """Return the answer as a page says it: a day as it is written in the language of the page."""
        return date_format(self.value, "DATE_FORMAT") if isinstance(self.value, date) else self.shown(language)

    def shown(self, language: str) -> str:
        """Return the answer in words, as files hold it."""
        if self.value is None or self.value == []:
            return ""
        if self.attribute.kind in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES):
            words: dict[str, str] = {
                choice["value"]: in_language(choice, language) for choice in self.attribute.choices
            }
            chosen = self.value if isinstance(self.value, list) else [self.value]
            return ("、" if language == "ja" else ", ").join(words.get(value) or value for value in chosen)
        if isinstance(self.value, bool):
            return {"ja": ("いいえ", "はい"), "en": ("No", "Yes")}.get(language, ("No", "Yes"))[self.value]
        if isinstance(self.value, Decimal):
            return plain_number(self.value)
        return self.value.isoformat() if isinstance(self.value, date) else str(self.value)


def plain_number(value: Decimal) -> str:
    """Return a number without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def attributes(*, with_archived: bool = False) -> list[Attribute]:
    """Return the attributes in the manager's order, archived ones at the end."""
    found = Attribute.objects.order_by("is_archived", "position", "id")
    return list(found if with_archived else found.filter(is_archived=False))


def attribute_for_studio(attribute_id: int) -> Attribute:
    """Return an attribute for its manager, or Http404."""
    found = Attribute.objects.filter(pk=attribute_id).first()
    if found is None:
        raise Http404
    return found


def answer_counts() -> dict[int, int]:
    """Return how many members answered each attribute."""
    rows = AttributeValue.objects.values("attribute").annotate(n=Count("member", distinct=True))
    return {row["attribute"]: row["n"] for row in rows}


def is_seen(viewer: Viewer, attribute: Attribute, member_id: int) -> bool:
    """Tell whether the viewer may see that answer of a member whose page they may open."""
    if attribute.is_archived:
        return False
    if viewer.is_staff:
        return True
    return {
        Attribute.Sees.PROFILE: True,
        Attribute.Sees.MEMBERS: viewer.is_member,
        Attribute.Sees.OWN: viewer.own_id == member_id,
        Attribute.Sees.TEAM: False,
    }[Attribute.Sees(attribute.sees)]


def answers_visible_to(viewer: Viewer, member_ids: Iterable[int]) -> dict[int, list[Answer]]:
    """Return of each member the answers that the viewer may see, empty ones left out. The members are visible already."""
    known, ids = attributes(), list(member_ids)
    wanted = [item for item in known if any(is_seen(viewer, item, member_id) for member_id in ids)]
    values = _values(AttributeValue.objects.filter(attribute__in=wanted, member_id__in=ids))
    return {
        member_id: [
            Answer(item, _value(item, rows))
            for item in wanted
            if is_seen(viewer, item, member_id) and (rows := values.get((member_id, item.pk)))
        ]
        for member_id in ids
    }


def all_answers(member_id: int, wanted: list[Attribute]) -> dict[str, Any]:
    """Return {key: value} of one member for forms whose attributes were chosen by right."""
    values = _values(AttributeValue.objects.filter(attribute__in=wanted, member_id=member_id))
    return {item.key: _value(item, values.get((member_id, item.pk), [])) for item in wanted}


def answers_of_many(member_ids: list[int], wanted: list[Attribute]) -> dict[tuple[int, str], Any]:
    """Return {(member id, key): value} of what is answered."""
    values = _values(AttributeValue.objects.filter(attribute__in=wanted, member_id__in=member_ids))
    keys = {item.pk: item for item in wanted}
    return {(member, keys[item].key): _value(keys[item], rows) for (member, item), rows in values.items()}


def own_answers(member: Member) -> list[Answer]:
    """Return what a member's copy of their records holds: all but what the team noted for itself."""
    wanted = [item for item in attributes(with_archived=True) if item.sees != Attribute.Sees.TEAM]
    found = all_answers(member.pk, wanted)
    return [Answer(item, found[item.key]) for item in wanted if found[item.key] not in (None, [])]


def _values(rows: QuerySet[AttributeValue]) -> dict[tuple[int, int], list[AttributeValue]]:
    found: dict[tuple[int, int], list[AttributeValue]] = defaultdict(list)
    for row in rows.order_by("id"):
        found[row.member_id, row.attribute_id].append(row)
    return found


def _value(attribute: Attribute, rows: list[AttributeValue]) -> Any:
    if attribute.kind == Attribute.Kind.CHOICES:
        order = [choice["value"] for choice in attribute.choices]
        return sorted((row.text for row in rows), key=lambda text: order.index(text) if text in order else len(order))
    if not rows:
        return None
    column = {Attribute.Kind.NUMBER: "number", Attribute.Kind.DATE: "day", Attribute.Kind.YES_NO: "flag"}
    return getattr(rows[0], column.get(Attribute.Kind(attribute.kind), "text"))
