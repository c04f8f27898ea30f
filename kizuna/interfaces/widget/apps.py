from django.apps import AppConfig


class WidgetConfig(AppConfig):
    name = "kizuna.interfaces.widget"
    label = "widget"
