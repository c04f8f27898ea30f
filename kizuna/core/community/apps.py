from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "kizuna.core.community"
    label = "community"
