from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kizuna.base.jobs"
    label = "jobs"

    def ready(self) -> None:
        import_module("kizuna.base.jobs.checks")  # registers the start-up proofs
