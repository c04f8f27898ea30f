from django.urls import path

from kizuna.success.origins import views

app_name = "origins"
urlpatterns = [
    path("desk/referrals/", views.report, name="report"),
    path("desk/referrals/csv/", views.export, name="export"),
    path("desk/customers/<id:account_id>/origin/", views.origin, name="origin"),
]
