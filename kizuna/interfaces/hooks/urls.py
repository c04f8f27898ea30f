from django.urls import path

from kizuna.interfaces.hooks import calls, line, slack

app_name = "hooks"
urlpatterns = [
    path("hooks/calls/twilio/<str:key>/", calls.twilio, name="calls-twilio"),
    path("hooks/calls/<str:key>/", calls.standard, name="calls"),
    path("hooks/line/<str:key>/", line.line, name="line"),
    path("hooks/slack/<str:key>/", slack.slack, name="slack"),
]
