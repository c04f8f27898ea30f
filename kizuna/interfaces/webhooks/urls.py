from django.urls import path

from kizuna.interfaces.webhooks.views import deliveries, endpoints

app_name = "webhooks"
urlpatterns = [
    path("studio/webhooks/", endpoints.endpoints, name="endpoints"),
    path("studio/webhooks/chat/", endpoints.new_chat, name="chat"),
    path("studio/webhooks/new/", endpoints.new, name="new"),
    path("studio/webhooks/<id:endpoint_id>/", endpoints.endpoint, name="endpoint"),
    path("studio/webhooks/<id:endpoint_id>/edit/", endpoints.edit, name="edit"),
    path("studio/webhooks/<id:endpoint_id>/secret/", endpoints.rotate, name="secret"),
    path("studio/webhooks/<id:endpoint_id>/state/", endpoints.switch, name="state"),
    path("studio/webhooks/<id:endpoint_id>/test/", endpoints.test, name="test"),
    path("studio/webhooks/<id:endpoint_id>/removal/", endpoints.remove, name="removal"),
    path("studio/webhooks/<id:endpoint_id>/resending/", deliveries.resend_failed, name="resending"),
    path("studio/webhooks/deliveries/<id:delivery_id>/", deliveries.delivery, name="delivery"),
    path("studio/webhooks/deliveries/<id:delivery_id>/resending/", deliveries.resend, name="delivery-resending"),
]
