"""What calls offer: their page, what can be begun for a customer, calls as targets, telephone systems in Studio."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AccountAction, AccountRows, AuditWords, NavigationItem, Target
from kizuna.core.members.viewer import Viewer
from kizuna.success.calls import policies, queries, wording
from kizuna.success.calls.models import Call, CallSource


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


def _works(*, viewer: Viewer) -> bool:
    return policies.can_work(viewer)


def _keeps(*, viewer: Viewer) -> bool:
    return policies.can_keep_sources(viewer)


def _calls(*, viewer: Viewer, ids: list[int]) -> dict[int, Call]:
    return queries.calls_visible_to(viewer).select_related("account", "contact").in_bulk(ids)


def _url(*, row: Call) -> str:
    return f"/desk/calls/{row.pk}/"


def _title(*, row: Call) -> str:
    words, _tone, _icon = wording.state_of(row)
    return " ".join(filter(None, [words, wording.whom_of(row)]))


def _nothing(*, row: Call | CallSource) -> str:
    return ""


def _sources(*, viewer: Viewer, ids: list[int]) -> dict[int, CallSource]:
    return queries.sources_for(viewer).in_bulk(ids)


def _source_url(*, row: CallSource) -> str:
    return reverse("calls:source", args=[row.pk])


def _source_title(*, row: CallSource) -> str:
    return row.name


def _new(*, account_id: int) -> str:
    return f"{reverse('calls:new')}?account={account_id}"


DESK = NavigationItem("calls", _("Calls"), "calls:calls", "phone", _reads, place="desk")
STUDIO = NavigationItem(
    "call-sources", _("Telephone systems"), "calls:sources", "phone", _keeps, place="studio", section="setup"
)
CALL = Target("call", pgettext_lazy("call", "Call"), _calls, _url, _title, _nothing)
SOURCE = Target("call_source", _("Telephone system"), _sources, _source_url, _source_title, _nothing)
ROWS = AccountRows("calls", _("Calls"), lambda: Call)
NEW = AccountAction("call", _("Log a call"), pgettext_lazy("call", "Call"), "phone", _new, _works)
AUDIT = AuditWords(
    "calls",
    {
        "call_source.made": _("Telephone system added"),
        "call_source.changed": _("Telephone system changed"),
        "call_source.rotated": _("Telephone system given another secret"),
        "call_source.removed": _("Telephone system removed"),
    },
    settings={"calls.recording_days": _("Time for which links to recordings are kept changed")},
)
