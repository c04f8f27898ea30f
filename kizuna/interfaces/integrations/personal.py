"""What imports say about people."""

from kizuna.base.registry import PersonalExempt

BY_STAFF = PersonalExempt(
    "integrations.by_staff",
    covers=("integrations.Import.started_by",),
    reason="Says which member began an import; an erased member's row has no name any more.",
)
