from django.urls import path

from kizuna.success.encounters import views

app_name = "encounters"
urlpatterns = [
    path("desk/encounters/new/", views.new_encounter, name="new"),
    path("desk/encounters/<id:encounter_id>/", views.encounter, name="encounter"),
    path("desk/encounters/<id:encounter_id>/edit/", views.edit_encounter, name="edit"),
    path("desk/encounters/<id:encounter_id>/removal/", views.remove_encounter, name="removal"),
]
