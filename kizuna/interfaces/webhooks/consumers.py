"""What follows an activity: a delivery for each endpoint that wants it."""

from kizuna.core.activity.consumers import EVERY_VERB, Consumer
from kizuna.interfaces.webhooks import actions, queries

DELIVERIES = Consumer(
    "webhooks.tell_endpoints", EVERY_VERB, actions.tell_endpoints, only_when=queries.is_anything_told
)  # fmt: skip
