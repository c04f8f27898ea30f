from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "kizuna.core.files"
    label = "files"
