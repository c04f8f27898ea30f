from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "kizuna.success.tasks"
    label = "tasks"
