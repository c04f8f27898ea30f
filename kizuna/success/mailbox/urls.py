"""Addresses of the mailbox."""

from django.urls import path

from kizuna.success.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("studio/support-addresses/", views.addresses, name="addresses"),
    path("studio/support-addresses/new/", views.address, name="address-new"),
    path("studio/support-addresses/<id:address_id>/", views.address, name="address"),
    path("desk/reply-templates/", views.templates, name="templates"),
    path("desk/reply-templates/new/", views.template, name="template-new"),
    path("desk/reply-templates/<id:template_id>/", views.template, name="template"),
    path("desk/signature/", views.signature, name="signature"),
    path("desk/inquiries/<id:inquiry_id>/templates/", views.choose, name="choose"),
    path("desk/inquiries/<id:inquiry_id>/templates/<id:template_id>/", views.use, name="use"),
]
