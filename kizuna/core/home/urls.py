from django.urls import path

from kizuna.core.home.views import square, studio

app_name = "home"
urlpatterns = [
    path("", square.home, name="home"),
    path("brand.css", square.brand, name="brand"),
    path("counts.json", square.counts, name="counts"),
    path("studio/", studio.studio_home, name="studio"),
    path("studio/brand/", studio.brand, name="studio-brand"),
    path("studio/joining/", studio.joining, name="studio-joining"),
    path("studio/time/", studio.time_zone, name="studio-time"),
    path("studio/opening/", studio.opening, name="studio-opening"),
    path("studio/opening/preview/", studio.opening_preview, name="studio-opening-preview"),
    path("studio/words/", studio.words, name="studio-words"),
    path("studio/words/<id:rule_id>/removal/", studio.remove_word, name="studio-word-removal"),
    path("studio/synonyms/", studio.synonyms, name="studio-synonyms"),
    path("studio/links/", studio.links, name="studio-links"),
]
