"""What of an import somebody sees and may bring, by the fields of customers that are hidden from them (ADR 12)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kizuna.base.registry import ImportKind
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import seeing
from kizuna.success.customers.models import AccountAttribute
from kizuna.success.imports.models import ImportRun
from kizuna.success.imports.reading import fields_of
from kizuna.success.imports.records import ImportField

# Tables that are made of amounts: what is there already is compared by price, whatever the columns are.
OF_AMOUNTS = ("contracts", "purchases")
OWN_FIELD = "attribute:"


def fields_for(viewer: Viewer, kind: ImportKind) -> dict[str, ImportField]:
    """Return the fields of a kind that the viewer sees, by name."""
    fields = fields_of(kind)
    hidden = _hidden_among(viewer, fields)
    return {name: field for name, field in fields.items() if name not in hidden}


def may_bring(viewer: Viewer, kind: str) -> bool:
    """Tell whether the viewer may bring tables of a kind."""
    return kind not in OF_AMOUNTS or seeing.sees(viewer, seeing.AMOUNT)


def sees_all(viewer: Viewer) -> bool:
    """Tell whether nothing of customers is hidden from the viewer."""
    return not seeing.hidden_groups(viewer)


def require_kind(viewer: Viewer, kind: str) -> None:
    """Raise Refused when a table is made of what the viewer does not see."""
    if not may_bring(viewer, kind):
        words = {"group": "".join(seeing.labels([seeing.AMOUNT]))}
        raise Refused(
            _("Such a table is made of “%(group)s”, which your role does not see, so you cannot import it.") % words,
            field="kind",
            code="hidden",
        )


def require_rows(viewer: Viewer, run: ImportRun) -> None:
    """Raise Refused unless the viewer sees every field that a run writes."""
    require_kind(viewer, run.kind)
    if not sees_rows(viewer, run):
        raise Refused(_("This import writes fields that your role does not see."), code="hidden")


def sees_rows(viewer: Viewer, run: ImportRun) -> bool:
    """Tell whether the viewer sees every field that the rows of a run show, as they were and as they become."""
    return may_bring(viewer, run.kind) and not _hidden_among(viewer, [*run.mapping, *run.fixed])


def sees_file(viewer: Viewer, run: ImportRun) -> bool:
    """Tell whether the viewer may see cells as they stand in the file: those of one's own, or when nothing is hidden."""
    if sees_all(viewer):
        return True
    return run.started_by_id == viewer.member_id and sees_rows(viewer, run)


def _hidden_among(viewer: Viewer, names: Iterable[str]) -> set[str]:
    """Return which of these fields of an import are hidden, the manager's own fields among them."""
    groups = seeing.hidden_groups(viewer)
    if not groups:
        return set()
    hidden = {name for name in names if seeing.GROUP_OF.get(name) in groups}
    own = AccountAttribute.objects.filter(field_group__in=groups).values_list("slug", flat=True)
    return hidden | ({f"{OWN_FIELD}{slug}" for slug in own} & set(names))
