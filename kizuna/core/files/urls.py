from django.urls import path

from kizuna.core.files import views

app_name = "files"
urlpatterns = [
    path("f/upload/", views.upload, name="upload"),
    path("f/<str:key>/<str:name>", views.serve, name="file"),
]
