from django.urls import path

from kizuna.engagement.testimonials.views import member, studio

app_name = "testimonials"
urlpatterns = [
    path("testimonials/", member.own, name="own"),
    path("testimonials/<id:testimonial_id>/withdrawal/", member.withdraw, name="withdrawal"),
    path("studio/testimonials/", studio.overview, name="studio"),
    path("studio/testimonials/<id:testimonial_id>/", studio.decide, name="decision"),
]
