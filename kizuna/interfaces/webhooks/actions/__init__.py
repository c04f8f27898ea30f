"""Change endpoints, make deliveries, send them."""

from kizuna.interfaces.webhooks.actions.deliveries import resend, resend_failed, send_test, tell_endpoints
from kizuna.interfaces.webhooks.actions.endpoints import (
    change_endpoint,
    make_chat,
    make_endpoint,
    pause,
    remove_endpoint,
    resume,
    rotate_secret,
    signing_of,
)
from kizuna.interfaces.webhooks.actions.pruning import forget_person, prune, stop_after_copy
from kizuna.interfaces.webhooks.actions.sending import hand_out

__all__ = [
    "change_endpoint",
    "forget_person",
    "hand_out",
    "make_chat",
    "make_endpoint",
    "pause",
    "prune",
    "remove_endpoint",
    "resend",
    "resend_failed",
    "resume",
    "rotate_secret",
    "send_test",
    "signing_of",
    "stop_after_copy",
    "tell_endpoints",
]
