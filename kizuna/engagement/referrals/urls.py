from django.urls import path

from kizuna.engagement.referrals.views import member, studio

app_name = "referrals"
urlpatterns = [
    path("r/<str:code>/", member.link, name="link"),
    path("referrals/", member.own, name="own"),
    path("referrals/link/", member.make_link, name="make-link"),
    path("referrals/name/", member.decide_name, name="name"),
    path("studio/referrals/", studio.overview, name="studio"),
    path("studio/referrals/links/<id:link_id>/", studio.switch, name="switch"),
    path("studio/referrals/members/<str:handle>/", studio.referrer, name="referrer"),
]
