from django.urls import path

from kizuna.interfaces.chat.views import desk, own, studio

app_name = "chat"
urlpatterns = [
    path("studio/line/", studio.channels, name="channels"),
    path("studio/line/new/", studio.new_channel, name="channel-new"),
    path("studio/line/<id:channel_id>/", studio.channel, name="channel"),
    path("studio/line/<id:channel_id>/removal/", studio.remove, name="channel-removal"),
    path("desk/inquiries/<id:inquiry_id>/line/", desk.line_user, name="line-user"),
    path("me/line/", own.own_line, name="own-line"),
    path("me/slack/", own.own_slack, name="own-slack"),
]
