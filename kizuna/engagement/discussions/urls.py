"""Addresses of discussions."""

from django.urls import path

from kizuna.engagement.discussions.views import spaces, thread

app_name = "discussions"
urlpatterns = [
    path("s/", spaces.space_index, name="spaces"),
    path("s/<slug:slug>/", spaces.space, name="space"),
    path("latest/", spaces.latest, name="latest"),
    path("needed/", spaces.needed, name="needed"),
    path("tags/<str:name>/", spaces.tag, name="tag"),
    path("t/<int:topic_id>/", thread.topic, name="topic"),
    path("t/<int:topic_id>/<str:slug>/", thread.slug, name="topic-slug"),
]
