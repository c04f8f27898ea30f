"""Write down imports."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from kizuna.core.activity.actions import take_import_number
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.integrations.models import Import
from kizuna.success.imports.models import ImportRun


@transaction.atomic
def begin_import(*, viewer: Viewer, format: str, source: str, space: str, now: datetime) -> Import:
    """Begin an import, or go on with the one of the same source that was cut short."""
    before = Import.objects.select_for_update().filter(
        format=format, source=source, space=space, finished_at__isnull=True
    )
    unfinished = before.order_by("pk").last()
    if unfinished is not None:
        Import.objects.filter(pk=unfinished.pk).update(run_count=F("run_count") + 1)
        return unfinished
    begun = Import.objects.create(
        pk=take_import_number(above=_last_number()),
        format=format,
        source=source,
        space=space,
        started_by_id=viewer.member_id,
        started_at=now,
    )
    log_manager_action("import.begun", member_id=viewer.member_id, subject=f"import:{begun.pk}", after=source, now=now)
    return begun


@transaction.atomic
def finish_import(*, viewer: Viewer, import_id: int, report: dict[str, Any], now: datetime) -> None:
    """Keep the reconciliation of an import that ran to its end."""
    Import.objects.filter(pk=import_id).update(finished_at=now, report=report)
    log_manager_action(
        "import.finished",
        member_id=viewer.member_id,
        subject=f"import:{import_id}",
        after=report.get("written"),
        now=now,
    )


def _last_number() -> int:
    """Return the highest number of both kinds of import; tables of customers know only their own."""
    return max(model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in (Import, ImportRun))
