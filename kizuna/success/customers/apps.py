from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "kizuna.success.customers"
    label = "customers"
