from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "kizuna.interfaces.webhooks"
    label = "webhooks"
