"""Addresses of the directory. With or without a slash at the end: clients do both."""

from django.urls import re_path

from kizuna.interfaces.scim import views

app_name = "scim"
urlpatterns = [
    re_path(r"^v2/ServiceProviderConfig/?$", views.service_provider_config, name="config"),
    re_path(r"^v2/(?P<kind>Schemas|ResourceTypes)/?$", views.described, name="described"),
    re_path(r"^v2/(?P<kind>Schemas|ResourceTypes)/(?P<name>[^/]+)/?$", views.described, name="described-one"),
    re_path(r"^v2/\.search/?$", views.search, name="search"),
    re_path(r"^v2/(?P<kind>Users|Groups)/\.search/?$", views.search, name="search-kind"),
    re_path(r"^v2/Users/?$", views.users, name="users"),
    re_path(r"^v2/Users/(?P<user_id>[^/]+)/?$", views.user, name="user"),
    re_path(r"^v2/Groups/?$", views.groups, name="groups"),
    re_path(r"^v2/Groups/(?P<group_id>[^/]+)/?$", views.group, name="group"),
    re_path(r"^", views.nothing, name="nothing"),
]
