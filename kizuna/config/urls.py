"""All addresses. Each app lists its own; this page puts them together."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "kizuna.base.web.views.bad_request"
handler404 = "kizuna.base.web.views.not_found"
handler500 = "kizuna.base.web.views.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kizuna.core.home.urls")),
    path("", include("kizuna.engagement.discussions.urls")),  # most pages read are a topic or a list
    path("", include("kizuna.core.files.urls")),
    path("", include("kizuna.core.search.urls")),
    path("", include("kizuna.core.members.urls")),
    path("", include("kizuna.core.identities.urls")),
    path("", include("kizuna.core.notifications.urls")),
    path("", include("kizuna.core.inbound.urls")),
    path("", include("kizuna.core.privacy.urls")),
    path("", include("kizuna.base.components.urls")),
    path("", include("kizuna.engagement.knowledge.urls")),
    path("", include("kizuna.engagement.referrals.urls")),
    path("", include("kizuna.engagement.testimonials.urls")),
    path("", include("kizuna.engagement.surveys.urls")),
    path("", include("kizuna.success.customers.urls")),
    path("", include("kizuna.success.imports.urls")),
    path("", include("kizuna.success.encounters.urls")),
    path("", include("kizuna.success.inbox.urls")),
    path("", include("kizuna.success.mailbox.urls")),
    path("", include("kizuna.success.calls.urls")),
    path("", include("kizuna.success.answering.urls")),
    path("", include("kizuna.success.service.urls")),
    path("", include("kizuna.success.usage.urls")),
    path("", include("kizuna.success.tasks.urls")),
    path("", include("kizuna.success.effort.urls")),
    path("", include("kizuna.success.origins.urls")),
    path("", include("kizuna.interfaces.webhooks.urls")),
    path("", include("kizuna.interfaces.chat.urls")),
    path("", include("kizuna.interfaces.hooks.urls")),
    path("", include("kizuna.interfaces.widget.urls")),
    path("api/", include("kizuna.interfaces.api.urls")),
    path("scim/", include("kizuna.interfaces.scim.urls")),
]
