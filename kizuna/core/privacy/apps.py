from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "kizuna.core.privacy"
    label = "privacy"
