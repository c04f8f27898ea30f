from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "kizuna.engagement.surveys"
    label = "surveys"
