from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "kizuna.interfaces.chat"
    label = "chat"
