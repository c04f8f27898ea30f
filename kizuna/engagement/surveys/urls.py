from django.urls import path

from kizuna.engagement.surveys import views

app_name = "surveys"
urlpatterns = [
    path("desk/surveys/", views.surveys, name="surveys"),
    path("desk/surveys/<id:survey_id>/", views.survey, name="survey"),
    path("desk/surveys/<id:survey_id>/csv/", views.export, name="export"),
]
