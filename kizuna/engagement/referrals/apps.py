from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "kizuna.engagement.referrals"
    label = "referrals"
