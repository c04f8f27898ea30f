"""An erasure's report in words."""

from typing import Any

from kizuna.base import registry
from kizuna.core.privacy.models import PersonErasure


def report_lines(erasure: PersonErasure) -> list[dict[str, Any]]:
    """Return what was removed and kept, by kind of record that there was; why something was kept."""
    lines = []
    for declared in registry.of(registry.PersonalData):
        done = erasure.report.get(declared.name)
        if done is not None and (done["removed"] or done["kept"]):
            why = declared.kept_because if done["kept"] else ""
            lines.append({"label": declared.label, "removed": done["removed"], "kept": done["kept"], "why": why})
    return lines
