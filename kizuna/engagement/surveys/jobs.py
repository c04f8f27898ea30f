"""Doors for the worker."""

from importlib import import_module

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.engagement.surveys import actions, queries
from kizuna.engagement.surveys.models import Survey

FEWEST_CUSTOMERS = 5  # below, the spread between customers says nothing


@job("surveys.count")
def count(*, survey_id: int) -> None:
    """Count a survey again: the latest answer of each person, NPS and its interval."""
    survey = Survey.objects.filter(pk=survey_id).first()
    if survey is None:
        return
    scores, accounts = queries.latest_scores(survey)
    counts = (
        sum(score >= 9 for score in scores),
        sum(6 < score < 9 for score in scores),
        sum(score <= 6 for score in scores),
    )
    interval = _interval(scores, accounts) if scores else None
    actions.keep_figures(survey=survey, counts=counts, interval=interval, now=timezone.now())


def _interval(scores: list[int], accounts: list[int | None]) -> tuple[float, float, float]:
    """Return NPS and its interval; several answers from one customer count as the cluster they are."""
    # The maths brings scipy along, which no web process should load: this is for the worker.
    maths = import_module("kizuna.stats.intervals")
    alone = max(filter(None, accounts), default=0) + 1
    clusters = [account if account is not None else alone + place for place, account in enumerate(accounts)]
    is_clustered = len(set(clusters)) < len(clusters) and len(set(clusters)) >= FEWEST_CUSTOMERS
    found = maths.nps_clustered(scores, clusters) if is_clustered else maths.nps_from_scores(scores)
    return found.value, found.low, found.high
