from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "kizuna.core.search"
    label = "search"
