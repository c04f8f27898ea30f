"""Addresses of identities."""

from django.urls import path

from kizuna.core.identities.views import company, directory, own, product, saml, studio, studio_people

app_name = "identities"
urlpatterns = [
    path("signin/both/", company.both, name="both"),
    path("signin/company/<slug:slug>/", company.start, name="start"),
    path("signin/company/<slug:slug>/callback/", company.callback, name="callback"),
    path("signin/company/<slug:slug>/logout/", company.back_channel_logout, name="back-channel-logout"),
    path("signin/company/<slug:slug>/signed-out/", company.signed_out, name="signed-out"),
    path("signin/company/<slug:slug>/metadata/", saml.described, name="saml-metadata"),
    path("signin/company/<slug:slug>/acs/", saml.acs, name="saml-acs"),
    path("signin/company/<slug:slug>/arrival/", saml.arrival, name="saml-arrival"),
    path("signin/jwt/", product.arrival, name="product"),
    path("signin/jwt/exchange/", product.exchange, name="exchange"),
    path("account/company/", own.own, name="own"),
    path("account/company/join/<slug:slug>/", own.join, name="own-join"),
    path("account/company/<id:identity_id>/parting/", own.part, name="own-parting"),
    path("studio/sign-in/", studio.providers, name="studio"),
    path("studio/sign-in/new/<slug:kind>/", studio.new, name="studio-new"),
    path("studio/sign-in/directory/", directory.directory, name="studio-directory"),
    path("studio/sign-in/directory/groups/<id:group_id>/", directory.group, name="studio-group"),
    path("studio/sign-in/owners/<id:member_id>/", studio.glass, name="studio-glass"),
    path("studio/sign-in/<id:provider_id>/", studio.provider, name="studio-provider"),
    path("studio/sign-in/<id:provider_id>/reading/", studio.read, name="studio-reading"),
    path("studio/sign-in/<id:provider_id>/switch/", studio.switch, name="studio-switch"),
    path("studio/sign-in/<id:provider_id>/forcing/", studio.force, name="studio-forcing"),
    path("studio/sign-in/<id:provider_id>/removal/", studio.remove, name="studio-removal"),
    path("studio/sign-in/<id:provider_id>/mapping/", studio.mapped, name="studio-mapping"),
    path("studio/sign-in/<id:provider_id>/people/", studio_people.people, name="studio-people"),
    path("studio/sign-in/<id:provider_id>/people/<id:identity_id>/", studio_people.part, name="studio-parting"),
    path("studio/sign-in/<id:provider_id>/domains/", studio.add_domain, name="studio-domains"),
    path("studio/sign-in/<id:provider_id>/domains/<id:domain_id>/", studio.domain, name="studio-domain"),
    path("studio/sign-in/<id:provider_id>/keys/", studio.add_key, name="studio-keys"),
    path("studio/sign-in/<id:provider_id>/keys/<id:key_id>/removal/", studio.remove_key, name="studio-key-removal"),
]
