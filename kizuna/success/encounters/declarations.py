"""What encounters declare: three channels, a target, and what can be begun for a customer."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuna.base.registry import AccountAction, AccountRows, Target, TouchpointChannel
from kizuna.core.members.viewer import Viewer
from kizuna.success.encounters import policies, queries, wording
from kizuna.success.encounters.models import Encounter

Kind = Encounter.Kind


def _works(*, viewer: Viewer) -> bool:
    return policies.can_work(viewer)


def _encounters(*, viewer: Viewer, ids: list[int]) -> dict[int, Encounter]:
    return queries.with_people(queries.encounters_visible_to(viewer)).in_bulk(ids)


def _url(*, row: Encounter) -> str:
    return f"/desk/encounters/{row.pk}/"


def _title(*, row: Encounter) -> str:
    return row.title


def _excerpt(*, row: Encounter) -> str:
    return wording.excerpt(row)[:400]


def _new(*, account_id: int) -> str:
    return f"{reverse('encounters:new')}?account={account_id}"


def _channel(kind: Kind, color: str) -> TouchpointChannel:
    says: dict[str, Any] = {name: words for name, words in wording.SAYS.items() if name.startswith(f"{kind.value}.")}
    return TouchpointChannel(kind.value, wording.KINDS[kind], wording.ICONS[kind], color, says, says_who_may_read=True)


CALLS, MEETINGS, MAILS = _channel(Kind.CALL, "c-d4"), _channel(Kind.MEETING, "c-d2"), _channel(Kind.MAIL, "c-d1")
ENCOUNTER = Target("encounter", gettext_lazy("Call, meeting or mail"), _encounters, _url, _title, _excerpt)
ROWS = AccountRows("encounters", gettext_lazy("Calls, meetings and mails"), lambda: Encounter)
NEW = AccountAction(
    "encounter",
    gettext_lazy("Log a call, meeting or mail"),
    pgettext_lazy("encounter", "Call or meeting"),
    "phone",
    _new,
    _works,
)
