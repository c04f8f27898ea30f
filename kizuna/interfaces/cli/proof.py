"""Prove at start-up that every name in `config` resolves: jobs, schedule, consumers, declarations, addresses."""

from django.core.checks import run_checks
from django.urls import get_resolver

from kizuna.base import registry
from kizuna.base.jobs.checks import TAG
from kizuna.interfaces.cli.errors import UsageError


def prove_names() -> None:
    """Raise UsageError with every name that does not resolve. Loads the views, too, which the first page would wait for."""
    _ = get_resolver().url_patterns
    problems = [str(message.msg) for message in run_checks(tags=[TAG])] + registry.problems()
    if problems:
        raise UsageError("These names in kizuna.config do not hold:\n  " + "\n  ".join(problems))
