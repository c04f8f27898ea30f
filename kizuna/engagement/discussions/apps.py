from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "kizuna.engagement.discussions"
    label = "discussions"
