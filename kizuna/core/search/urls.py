"""Addresses of the search."""

from django.urls import path

from kizuna.core.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/similar/", views.similar, name="similar"),
    path("search/feedback/", views.feedback, name="feedback"),
    path("studio/searches/", views.studio_searches, name="studio-searches"),
]
