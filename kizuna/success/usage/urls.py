from django.urls import path

from kizuna.success.usage import views

app_name = "usage"
urlpatterns = [path("desk/usage/", views.overview, name="overview")]
