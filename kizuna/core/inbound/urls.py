"""Addresses of arrived mail."""

from django.urls import path

from kizuna.core.inbound import views

app_name = "inbound"
urlpatterns = [
    path("studio/mail-in/", views.mails, name="mails"),
    path("studio/mail-in/settings/", views.settings, name="settings"),
    path("studio/mail-in/boxes/new/", views.box, name="box-new"),
    path("studio/mail-in/boxes/<id:box_id>/", views.box, name="box"),
    path("studio/mail-in/<id:mail_id>/", views.mail, name="mail"),
    path("studio/mail-in/<id:mail_id>/original/", views.original, name="original"),
    path("studio/mail-in/<id:mail_id>/taking/", views.take, name="taking"),
]
