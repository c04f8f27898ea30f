from django.apps import AppConfig


class AnsweringConfig(AppConfig):
    name = "kizuna.success.answering"
    label = "answering"
