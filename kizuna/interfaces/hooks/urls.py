from django.urls import path

from kizuna.interfaces.hooks import calls

app_name = "hooks"
urlpatterns = [
    path("hooks/calls/twilio/<str:key>/", calls.twilio, name="calls-twilio"),
    path("hooks/calls/<str:key>/", calls.standard, name="calls"),
]
