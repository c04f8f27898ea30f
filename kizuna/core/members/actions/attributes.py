"""Define what is asked of members, and store what they answer."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.dates import FIRST, LAST
from kizuna.base.web.opened import Opened, by_field, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import CONTENT, changes_of
from kizuna.core.members import policies, queries
from kizuna.core.members.actions.profile import screened_text
from kizuna.core.members.activities import ATTRIBUTES_CHANGED
from kizuna.core.members.models import Attribute, AttributeValue, Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

MAX_ATTRIBUTES = 60
MAX_CHOICES = 100
MAX_MANY = 1_000
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
FIXED = ("key", "kind")
WORDS = ("label", "hint", "choices", "sees", "edits", "asked")


@transaction.atomic
def save_attribute(
    *, viewer: Viewer, attribute: Attribute | None, now: datetime, opened: Opened | None = None, **fields: Any
) -> Attribute:
    """Make an attribute, or change one: all but its key and kind, which rules and answers hang on."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    if attribute is not None:
        attribute = Attribute.objects.select_for_update().get(pk=attribute.pk)
        _require_unchanged(opened, attribute, fields)
    before = _described(attribute) if attribute else None
    attribute = attribute or _new(fields, now=now)
    for name in WORDS:
        setattr(attribute, name, fields[name])
    _check(attribute)
    attribute.save()
    subject = f"attribute:{attribute.key}"
    log_manager_action(
        "attribute.saved",
        member_id=viewer.member_id,
        subject=subject,
        before=before,
        after=_described(attribute),
        now=now,
    )
    bump_generation(CONTENT)
    return attribute


@transaction.atomic
def archive_attribute(*, viewer: Viewer, attribute: Attribute, is_archived: bool, now: datetime) -> None:
    """Take an attribute out of use, or back into it. Answers stay; rules that use it stop and say so."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    Attribute.objects.filter(pk=attribute.pk).update(is_archived=is_archived)
    log_manager_action(
        "attribute.archived" if is_archived else "attribute.restored",
        member_id=viewer.member_id, subject=f"attribute:{attribute.key}", now=now,
    )  # fmt: skip
    bump_generation(CONTENT)


@transaction.atomic
def order_attributes(*, viewer: Viewer, attribute_ids: list[int]) -> None:
    """Put the attributes in this order."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    for position, attribute_id in enumerate(attribute_ids):
        Attribute.objects.filter(pk=attribute_id).update(position=position)
    bump_generation(CONTENT)


@transaction.atomic
def set_answers(*, viewer: Viewer, member_id: int, answers: dict[str, Any], now: datetime) -> int:
    """Store what is known of a member, by the viewer's right to each attribute; return how many answers changed."""
    known = {item.key: item for item in queries.attributes()}
    checked = {}
    for key, value in answers.items():
        attribute = known.get(key)
        if attribute is None or not policies.can_answer(viewer, attribute, member_id=member_id):
            raise Refused(_("You may not change this."), field=f"attribute_{key}")
        checked[attribute] = clean_answer(viewer, attribute, value)
    require(
        Member.objects.filter(pk=member_id, is_system=False).exclude(state="erased").exists(),
        _("There is no such member."),
    )
    return _store(viewer, member_id, checked, now=now)


@transaction.atomic
def set_answers_of_many(*, viewer: Viewer, answers: dict[int, dict[str, Any]], now: datetime) -> int:
    """Store answers of at most 1,000 members; return how many changed."""
    if len(answers) > MAX_MANY:
        raise ValueError(f"at most {MAX_MANY} members a transaction")
    return sum(
        set_answers(viewer=viewer, member_id=member_id, answers=said, now=now)
        for member_id, said in sorted(answers.items())
    )


def answer_on_joining(*, viewer: Viewer, member: Member, answers: dict[str, Any], now: datetime) -> None:
    """Store what somebody answered in the form of joining. Call inside the transaction that makes the member."""
    asked = {item.key: item for item in queries.attributes() if item.asked != Attribute.Asked.LATER}
    allowed = {asked[key]: value for key, value in answers.items() if key in asked and asked[key].edits == "member"}
    checked = {attribute: clean_answer(viewer, attribute, value) for attribute, value in allowed.items()}
    for attribute in asked.values():
        is_missing = checked.get(attribute) in (None, [], "")
        if attribute.asked == Attribute.Asked.JOINING_REQUIRED and attribute.edits == "member" and is_missing:
            raise Refused(_("Please fill this in."), field=f"attribute_{attribute.key}")
    _store(viewer, member.pk, checked, now=now)


def clean_answer(viewer: Viewer, attribute: Attribute, value: Any) -> Any:
    """Return an answer as it is stored, None for none. Raises Refused naming the field."""
    field = f"attribute_{attribute.key}"
    if value is None or value in ("", []):
        return [] if attribute.kind == Attribute.Kind.CHOICES else None
    try:
        return _CLEANERS[Attribute.Kind(attribute.kind)](viewer, attribute, value)
    except (TypeError, ValueError, InvalidOperation):
        raise Refused(_("This answer does not fit."), field=field) from None


def _text(viewer: Viewer, attribute: Attribute, value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise ValueError
    return screened_text(viewer, f"attribute_{attribute.key}", value) or None


def _choice(viewer: Viewer, attribute: Attribute, value: Any) -> str:
    if value not in {choice["value"] for choice in attribute.choices}:
        raise ValueError
    return str(value)


def _choices(viewer: Viewer, attribute: Attribute, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise ValueError
    chosen = {_choice(viewer, attribute, item) for item in value}
    return [choice["value"] for choice in attribute.choices if choice["value"] in chosen]


def _number(viewer: Viewer, attribute: Attribute, value: Any) -> Decimal:
    if isinstance(value, bool):
        raise ValueError
    number = Decimal(str(value)).quantize(Decimal("0.0001"))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        raise ValueError
    return number


def _day(viewer: Viewer, attribute: Attribute, value: Any) -> date:
    day = value if isinstance(value, date) else date.fromisoformat(value)
    if not FIRST <= day <= LAST:
        raise ValueError
    return day


def _flag(viewer: Viewer, attribute: Attribute, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


_CLEANERS = {
    Attribute.Kind.TEXT: _text,
    Attribute.Kind.CHOICE: _choice,
    Attribute.Kind.CHOICES: _choices,
    Attribute.Kind.NUMBER: _number,
    Attribute.Kind.DATE: _day,
    Attribute.Kind.YES_NO: _flag,
}


def _store(viewer: Viewer, member_id: int, answers: dict[Attribute, Any], *, now: datetime) -> int:
    before = queries.all_answers(member_id, list(answers))
    changed = {item: value for item, value in answers.items() if value != before[item.key]}
    if not changed:
        return 0
    AttributeValue.objects.filter(member_id=member_id, attribute__in=list(changed)).delete()
    AttributeValue.objects.bulk_create(
        AttributeValue(member_id=member_id, attribute=item, changed_at=now, **columns)
        for item, value in changed.items()
        for columns in _columns(item, value)
    )
    record(
        ATTRIBUTES_CHANGED, actor_id=viewer.member_id or member_id, object_type="member", object_id=member_id, at=now,
        props={"count": len(changed)},
    )  # fmt: skip
    bump_generation(CONTENT)
    return len(changed)


def _columns(attribute: Attribute, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if attribute.kind == Attribute.Kind.CHOICES:
        return [{"text": item} for item in value]
    names = {Attribute.Kind.NUMBER: "number", Attribute.Kind.DATE: "day", Attribute.Kind.YES_NO: "flag"}
    return [{names.get(Attribute.Kind(attribute.kind), "text"): value}]


def _new(fields: dict[str, Any], *, now: datetime) -> Attribute:
    if not KEY.fullmatch(fields["key"]):
        raise Refused(_("Small letters, digits and underscores, a letter first."), field="key")
    if Attribute.objects.filter(key=fields["key"]).exists():
        raise Refused(_("There is an attribute with this key already."), field="key")
    require(Attribute.objects.count() < MAX_ATTRIBUTES, _("There are too many attributes already."))
    last = Attribute.objects.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    return Attribute(created_at=now, position=position, **{name: fields[name] for name in FIXED})


def _require_unchanged(opened: Opened | None, attribute: Attribute, fields: dict[str, Any]) -> None:
    standing, said = queries.attribute_values(attribute), by_field({name: fields[name] for name in WORDS})
    if said != standing:  # sent twice is saved once
        subject = f"attribute:{attribute.key}"
        require_unchanged(opened, standing, lambda after: changes_of(subject, list(standing), after=after))


def _check(attribute: Attribute) -> None:
    if not any(attribute.label.values()):
        raise Refused(_("Please enter a name."), field="label_ja")
    if attribute.sees == Attribute.Sees.TEAM and attribute.edits != Attribute.Edits.TEAM:
        raise Refused(_("What only the team sees, only the team can fill in."), field="edits")
    if attribute.edits == Attribute.Edits.TEAM and attribute.asked != Attribute.Asked.LATER:
        raise Refused(_("What the team fills in is not asked at joining."), field="asked")
    chosen = attribute.kind in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES)
    if chosen and not 1 <= len(attribute.choices) <= MAX_CHOICES:
        raise Refused(_("Please give 1 to 100 choices."), field="choices")
    if len({choice["value"] for choice in attribute.choices}) != len(attribute.choices):
        raise Refused(_("A choice stands twice."), field="choices")


def _described(attribute: Attribute) -> dict[str, Any]:
    return {name: getattr(attribute, name) for name in (*FIXED, *WORDS)}
