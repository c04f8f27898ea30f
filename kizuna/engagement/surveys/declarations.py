"""What surveys offer: their page on the Desk, answers as targets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.registry import AccountRows, AuditWords, NavigationItem, Target
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.surveys import policies, queries
from kizuna.engagement.surveys.models import Response


def _reads(*, viewer: Viewer) -> bool:
    return policies.can_read(viewer)


def _responses(*, viewer: Viewer, ids: list[int]) -> dict[int, Response]:
    return queries.responses_visible_to(viewer).select_related("survey").in_bulk(ids)


def _url(*, row: Response) -> str:
    return f"/desk/surveys/{row.survey_id}/#response-{row.pk}"


def _title(*, row: Response) -> str:
    return _("%(title)s: %(score)d of 10") % {"title": row.survey.title, "score": row.score}


def _excerpt(*, row: Response) -> str:
    return row.comment[:160]


DESK = NavigationItem("surveys", _("Surveys"), "surveys:surveys", "clipboard-list", _reads, place="desk")
ROWS = AccountRows("responses", _("Answers"), lambda: Response)
RESPONSE = Target("response", pgettext_lazy("survey", "Answer"), _responses, _url, _title, _excerpt)
AUDIT = AuditWords(
    "surveys", {"responses.exported": _("Answers exported")}, things={"survey": pgettext_lazy("audit", "Survey")}
)
