from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "kizuna.core.members"
    label = "members"
