from django.urls import path

from kizuna.core.home.views import square

app_name = "home"
urlpatterns = [
    path("", square.home, name="home"),
    path("brand.css", square.brand, name="brand"),
    path("counts.json", square.counts, name="counts"),
]
