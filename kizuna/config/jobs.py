"""Modules whose functions marked `@job` are the installation's jobs; start-up proves that every name resolves."""

JOBS: list[str] = [
    "kizuna.base.jobs.housekeeping",
    "kizuna.base.jobs.tasks",
    "kizuna.core.activity.delivery",
    "kizuna.core.activity.rollups",
    "kizuna.core.audit.jobs",
    "kizuna.core.members.jobs",
    "kizuna.core.notifications.jobs",
    "kizuna.core.privacy.jobs",
    "kizuna.core.search.jobs",
    "kizuna.engagement.discussions.jobs",
    "kizuna.engagement.testimonials.jobs",
    "kizuna.engagement.surveys.jobs",
    "kizuna.success.customers.jobs",
    "kizuna.success.imports.jobs",
    "kizuna.interfaces.api.jobs",
    "kizuna.core.files.jobs",
    "kizuna.success.usage.jobs",
    "kizuna.success.tasks.jobs",
    "kizuna.success.effort.jobs",
    "kizuna.success.inbox.jobs",
]
