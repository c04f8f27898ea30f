from django.urls import path

from kizuna.success.calls.views import desk, studio

app_name = "calls"
urlpatterns = [
    path("desk/calls/", desk.calls, name="calls"),
    path("desk/calls/new/", desk.new_call, name="new"),
    path("desk/calls/<id:call_id>/", desk.call, name="call"),
    path("desk/calls/<id:call_id>/edit/", desk.edit_call, name="edit"),
    path("desk/calls/<id:call_id>/customer/", desk.place_call, name="customer"),
    path("desk/calls/<id:call_id>/removal/", desk.remove_call, name="removal"),
    path("studio/calls/", studio.sources, name="sources"),
    path("studio/calls/new/", studio.new_source, name="source-new"),
    path("studio/calls/recordings/", studio.recordings, name="recordings"),
    path("studio/calls/<id:source_id>/", studio.source, name="source"),
    path("studio/calls/<id:source_id>/secret/", studio.rotate, name="secret"),
    path("studio/calls/<id:source_id>/removal/", studio.remove, name="source-removal"),
]
