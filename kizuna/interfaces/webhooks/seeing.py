"""What a reader of the log may see of a message: it may tell of what its maker sees and the reader does not."""

from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks import queries
from kizuna.interfaces.webhooks.envelope import GONE, as_body, envelope_for
from kizuna.interfaces.webhooks.models import Delivery


def body_for(viewer: Viewer, delivery: Delivery) -> str:
    """Return the body, as it was signed, if the viewer's own endpoint would be told the same; else ""."""
    if delivery.activity is None or not delivery.body:
        return delivery.body
    if delivery.endpoint.is_chat:
        return delivery.body if envelope_for(viewer, delivery.activity) else ""
    was_told = delivery.verb in GONE and queries.was_told(delivery.endpoint, delivery.activity)
    told = envelope_for(viewer, delivery.activity, was_told=was_told)
    if told is None:
        return ""
    return delivery.body if as_body(told) == delivery.body else as_body(told)
