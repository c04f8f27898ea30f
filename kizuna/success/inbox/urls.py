from django.urls import path

from kizuna.success.inbox import views

app_name = "inbox"
urlpatterns = [
    path("desk/inquiries/", views.inquiries, name="inquiries"),
    path("desk/inquiries/csv/", views.export, name="export"),
    path("desk/inquiries/<id:inquiry_id>/", views.inquiry, name="inquiry"),
]
