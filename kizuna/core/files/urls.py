from django.urls import path

from kizuna.core.files import avatars, views

app_name = "files"
urlpatterns = [
    path("account/avatar/", avatars.avatar, name="avatar"),
    path("f/upload/", views.upload, name="upload"),
    path("f/<str:key>/<str:name>", views.serve, name="file"),
]
