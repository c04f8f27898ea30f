from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kizuna.core.audit"
    label = "audit"
