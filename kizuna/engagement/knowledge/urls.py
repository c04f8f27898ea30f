from django.urls import path

from kizuna.engagement.knowledge.views import member, studio

app_name = "knowledge"
urlpatterns = [
    path("k/", member.knowledge, name="knowledge"),
    path("k/new/", studio.new_article, name="article-new"),
    path("k/preview/", studio.preview, name="preview"),
    path("k/<id:article_id>/", member.article, name="article"),
    path("k/<id:article_id>/feedback/", member.rate, name="article-feedback"),
    path("k/<id:article_id>/edit/", studio.edit_article, name="article-edit"),
    path("k/<id:article_id>/state/", studio.change_state, name="article-state"),
    path("k/<id:article_id>/review/", studio.review, name="article-review"),
    path("k/<id:article_id>/history/", studio.history, name="article-history"),
    path("studio/knowledge/", studio.overview, name="studio"),
]
