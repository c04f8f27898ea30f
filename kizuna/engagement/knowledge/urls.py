from django.urls import path

from kizuna.engagement.knowledge.views import member, studio

app_name = "knowledge"
urlpatterns = [
    path("k/", member.knowledge, name="knowledge"),
    path("k/new/", studio.new_article, name="article-new"),
    path("k/preview/", studio.preview, name="preview"),
    path("k/<int:article_id>/", member.article, name="article"),
    path("k/<int:article_id>/feedback/", member.rate, name="article-feedback"),
    path("k/<int:article_id>/edit/", studio.edit_article, name="article-edit"),
    path("k/<int:article_id>/state/", studio.change_state, name="article-state"),
    path("k/<int:article_id>/review/", studio.review, name="article-review"),
    path("k/<int:article_id>/history/", studio.history, name="article-history"),
    path("studio/knowledge/", studio.overview, name="studio"),
]
