from django.urls import path

from kizuna.success.tasks import views

app_name = "tasks"
urlpatterns = [
    path("desk/tasks/", views.tasks, name="list"),
    path("desk/tasks/new/", views.new_task, name="new"),
    path("desk/tasks/many/", views.new_tasks, name="many"),
    path("desk/tasks/departments/", views.departments, name="departments"),
    path("desk/tasks/departments/new/", views.new_department, name="department-new"),
    path("desk/tasks/departments/<id:department_id>/", views.edit_department, name="department"),
    path("desk/tasks/<id:task_id>/", views.task, name="task"),
    path("desk/tasks/<id:task_id>/edit/", views.edit_task, name="edit"),
    path("desk/tasks/<id:task_id>/handover/", views.handover, name="handover"),
    path("desk/tasks/<id:task_id>/answer/", views.answer, name="answer"),
    path("desk/tasks/<id:task_id>/closure/", views.closure, name="closure"),
]
