from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "kizuna.engagement.knowledge"
    label = "knowledge"
