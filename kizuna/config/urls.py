"""All addresses. Each app lists its own; this page puts them together."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
