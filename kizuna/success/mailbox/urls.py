"""Addresses of the mailbox."""

from django.urls import path

from kizuna.success.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("studio/support-addresses/", views.addresses, name="addresses"),
    path("studio/support-addresses/new/", views.address, name="address-new"),
    path("studio/support-addresses/<id:address_id>/", views.address, name="address"),
    path("desk/signature/", views.signature, name="signature"),
]
