from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "kizuna.success.mailbox"
    label = "mailbox"
