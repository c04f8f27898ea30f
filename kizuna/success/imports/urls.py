from django.urls import path

from kizuna.success.imports.views import desk

app_name = "imports"
urlpatterns = [
    path("desk/imports/", desk.imports, name="imports"),
    path("desk/imports/<id:run_id>/", desk.run, name="run"),
    path("desk/imports/<id:run_id>/columns/", desk.columns, name="columns"),
    path("desk/imports/<id:run_id>/step/", desk.step, name="step"),
    path("desk/imports/<id:run_id>/bad-rows/", desk.bad_rows, name="bad-rows"),
]
