"""Addresses of privacy."""

from django.urls import path

from kizuna.core.privacy.views import audit, copies, person, requests

app_name = "privacy"
urlpatterns = [
    path("account/copies/", copies.own_copies, name="own-copies"),
    path("account/copies/<id:copy_id>/", copies.own_copy, name="own-copy"),
    path("copies/<id:copy_id>/<str:key>/", copies.linked_copy, name="linked-copy"),
    path("account/requests/", requests.own, name="own-requests"),
    path("account/requests/<id:request_id>/withdrawal/", requests.withdraw, name="withdrawal"),
    path("desk/requests/", requests.team_list, name="requests"),
    path("desk/requests/<id:request_id>/", requests.team_page, name="request"),
    path("desk/requests/<id:request_id>/erasure/", requests.erasure, name="erasure"),
    path("desk/contacts/<id:contact_id>/privacy/", person.contact, name="contact"),
    path("desk/members/<id:member_id>/privacy/", person.member, name="member"),
    path("studio/privacy/", requests.settings, name="settings"),
    path("studio/audit/", audit.log, name="audit"),
    path("studio/audit/csv/", audit.export, name="audit-export"),
]
