from django.apps import AppConfig


class TestimonialsConfig(AppConfig):
    name = "kizuna.engagement.testimonials"
    label = "testimonials"
