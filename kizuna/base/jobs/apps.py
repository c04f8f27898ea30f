from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kizuna.base.jobs"
    label = "jobs"
