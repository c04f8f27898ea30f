"""What imports hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.imports import forgetting


def changes(*, person: Person) -> Iterator[Any]:
    """Yield what imports added and changed of the person in the last days; the files hold others as well and are not given."""
    yield from forgetting.changes_of(person)


CHANGES = PersonalData(
    "imports.changes",
    _("What was imported of you"),
    (),
    changes,
    erase=forgetting.forget_person,
    is_outside=True,
    order=10,
    kept_because=_("That a line of a table was imported stays for undoing, without name and words."),
)
BY_STAFF = PersonalExempt(
    "imports.by_staff",
    covers=("imports.ImportRun.started_by",),
    reason="Says who of the team began an import; an erased member's row has no name any more.",
)
