"""Addresses of notifications and mail."""

from django.urls import path

from kizuna.core.notifications.views import events, member, studio, unsubscribe

app_name = "notifications"
urlpatterns = [
    path("notifications/", member.show_list, name="list"),
    path("notifications/<id:notification_id>/", member.open_one, name="open"),
    path("notifications/read/", member.read, name="read"),
    path("notifications/unread/", member.unread, name="unread"),
    path("notifications/settings/", member.settings, name="settings"),
    path("notifications/counts.json", member.counts, name="counts"),
    path("u/<str:key>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("mail/events/<slug:provider>/", events.told, name="events"),
    path("studio/mail/", studio.mails, name="mails"),
    path("studio/mail/events-address/", studio.events_address, name="events-address"),
    path("studio/mail/<id:mail_id>/", studio.mail, name="mail"),
    path("studio/mail/<id:mail_id>/html/", studio.mail_html, name="mail-html"),
]
