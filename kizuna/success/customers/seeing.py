"""Which fields of customers a viewer sees: the one gate (docs/adr/0012-field-visibility.md).

Fields are known by the name that models, forms, actions, files and the API share. Whether a field may be read, sorted by, asked
for or written is always the same question.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.registry import FieldGroup, of
from kizuna.core.community import queries as community
from kizuna.core.community.settings import SettingKey
from kizuna.core.members.models import Role
from kizuna.core.members.policies import DESK, Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import AccountAttribute

CONTACT, AMOUNT, JUDGEMENT = "contact", "amount", "judgement"
ROLES = tuple(role.value for role in (Role.ADMIN, Role.SUCCESS_MANAGER, Role.ANALYST))
FIELDS = {
    CONTACT: ("phone", "email", "domains", "domain", "contact_email", "contact_phone", "sender"),
    AMOUNT: ("monthly_amount", "amount", "unit_price", "tax_percent", "currency", "lines"),
    JUDGEMENT: (
        "fit", "fit_reason", "recommends", "problem", "goal", "contribution", "criteria", "end_reason", "reason",
        "told",
    ),
}  # fmt: skip
GROUP_OF = {field: group for group, fields in FIELDS.items() for field in fields}
# What a new row says of a field without telling anything.
NOTHING: tuple[Any, ...] = ("", None, False, [], (), "unknown")


def _checked(value: Any) -> dict[str, list[str]]:
    """Check what is hidden: {role: [groups]}. Nothing is hidden from owners."""
    if not isinstance(value, dict) or set(value) - set(ROLES):
        raise ValueError("Expected {role: [groups]}.")
    if any(not isinstance(groups, list) or set(groups) - set(FIELDS) for groups in value.values()):
        raise ValueError(f"Expected groups of {sorted(FIELDS)}.")
    return {role: sorted(set(value[role])) for role in ROLES if value.get(role)}


HIDDEN = SettingKey("customers.hidden_fields", {}, _checked)


def sees(viewer: Viewer, group: str) -> bool:
    """Tell whether the viewer sees a group of fields: whether any of their roles with the desk does."""
    return group not in hidden_groups(viewer)


def seen(viewer: Viewer) -> dict[str, bool]:
    """Return which groups the viewer sees, for templates."""
    hidden = hidden_groups(viewer)
    return {group: group not in hidden for group in FIELDS}


def hidden_groups(viewer: Viewer) -> frozenset[str]:
    """Return the groups that the viewer does not see."""
    if Role.OWNER in viewer.roles:
        return frozenset()
    hidden, roles = community.setting(HIDDEN), viewer.roles & DESK
    return frozenset(group for group in FIELDS if all(group in hidden.get(role, ()) for role in roles))


def hidden_fields(viewer: Viewer) -> frozenset[str]:
    """Return the names of the fields that the viewer does not see."""
    return frozenset(field for group in hidden_groups(viewer) for field in FIELDS[group])


def labels(groups: Iterable[str]) -> list[str]:
    """Return the words of groups, in the order of declaration."""
    wanted = set(groups)
    return [str(group.label) for group in of(FieldGroup) if group.name in wanted]


def choices(viewer: Viewer) -> list[tuple[str, Any]]:
    """Return the groups that the viewer sees with their words, for a field of a form."""
    return [(group.name, group.label) for group in of(FieldGroup) if sees(viewer, group.name)]


def require(viewer: Viewer, group: str, *, field: str = "") -> None:
    """Raise Refused unless the viewer sees the group."""
    if not sees(viewer, group):
        words = {"group": "・".join(labels([group]))}
        raise Refused(
            _("“%(group)s” of customers is not shown to your role, so it can be neither read nor changed.") % words,
            field=field,
            code="hidden",
        )


def sees_attribute(viewer: Viewer, attribute: AccountAttribute) -> bool:
    """Tell whether the viewer sees a field of the manager's own: whether they see the group it was put into."""
    return not attribute.field_group or sees(viewer, attribute.field_group)


def require_attribute(viewer: Viewer, attribute: AccountAttribute) -> None:
    """Raise Refused unless the viewer sees a field of the manager's own."""
    if attribute.field_group:
        require(viewer, attribute.field_group, field=attribute.slug)


def require_may_change(viewer: Viewer, *changes: Mapping[str, Any]) -> None:
    """Raise Refused when a hidden field is named, whatever its value: an answer that differs would tell it."""
    hidden = hidden_fields(viewer)
    for fields in changes if hidden else ():
        for field in fields:
            if field in hidden and (field != "domains" or fields[field]):  # domains are added; an empty list adds none
                require(viewer, GROUP_OF[field], field=field)


def require_may_fill(viewer: Viewer, *rows: Mapping[str, Any]) -> None:
    """Raise Refused when something new says anything in a hidden field."""
    hidden = hidden_fields(viewer)
    for fields in rows if hidden else ():
        for field in fields:
            if field in hidden and fields[field] not in NOTHING:
                require(viewer, GROUP_OF[field], field=field)


def _declared(group: str, label: Any, holds: Any) -> FieldGroup:
    def is_seen(*, viewer: Viewer) -> bool:
        return not viewer.roles & DESK or sees(viewer, group)

    def is_shown(*, role: str) -> bool:
        return role in DESK and group not in community.setting(HIDDEN).get(role, ())

    return FieldGroup(group, label, holds, is_seen, is_shown)


CONTACT_FIELDS = _declared(
    CONTACT,
    gettext_lazy("Contact details"),
    gettext_lazy("Telephones of customers and people, e-mail addresses, mail domains."),
)
AMOUNT_FIELDS = _declared(
    AMOUNT,
    gettext_lazy("Amounts"),
    gettext_lazy("The amount a month, unit prices, amounts of contracts and purchases, tax rates, currencies."),
)
JUDGEMENT_FIELDS = _declared(
    JUDGEMENT,
    gettext_lazy("Judgements"),
    gettext_lazy("Fit and its reason, what success means, why a contract ended, who recommends us."),
)
