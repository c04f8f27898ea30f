"""Addresses of the style guide."""

from django.urls import path

from kizuna.base.components import views

app_name = "components"

urlpatterns = [
    path("styleguide/", views.show_styleguide, name="styleguide"),
    path("styleguide/console/", views.show_styleguide, {"shell": "console"}, name="styleguide-console"),
    path("styleguide/auth/", views.show_styleguide, {"shell": "auth"}, name="styleguide-auth"),
    path("styleguide/preview/", views.preview_example, name="example-preview"),
    path("styleguide/people/", views.find_example_people, name="example-people"),
    path("styleguide/reaction/", views.toggle_example_reaction, name="example-reaction"),
    path("styleguide/suggestions/", views.suggest_examples, name="example-suggestions"),
]
