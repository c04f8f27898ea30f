"""The words of webhooks."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.interfaces.webhooks import chat

STOPPED: dict[str, Any] = {
    "maker": _("The webhook “%(title)s” was paused: whoever set it up is no longer owner or admin"),
    "gone": _("The webhook “%(title)s” was switched off: the receiver says it is gone for good"),
    "failing": _("The webhook “%(title)s” was switched off: nothing has arrived there for five days"),
    "secret": _("The webhook “%(title)s” was paused: its secret cannot be opened on this machine"),
}
WHY: dict[str, Any] = {
    "person": _("A manager paused it."),
    "maker": _("Whoever set it up is no longer owner or admin. Whoever lets it go on answers for it."),
    "gone": _("The receiver answered 410: it is gone for good."),
    "failing": _("Nothing has arrived there for five days."),
    "copied": _("This community was restored from a copy. Whoever lets it go on answers for it."),
    "secret": _("Its secret cannot be opened on this machine. Please make a new one."),
}
CHATS = [
    (chat.SLACK, "Slack"),
    (chat.TEAMS, "Microsoft Teams"),
    (chat.CHATWORK, "Chatwork"),
    (chat.LINE_WORKS, "LINE WORKS"),
]
KINDS = {chat.STANDARD: "Webhook", **dict(CHATS)}
ENDPOINT_STATES: dict[str, Any] = {
    "active": pgettext_lazy("webhook", "active"),
    "paused": pgettext_lazy("webhook", "paused"),
    "disabled": pgettext_lazy("webhook", "switched off"),
}
ENDPOINT_TONES = {"active": "good", "paused": "warn", "disabled": "bad"}
DELIVERY_STATES: dict[str, Any] = {
    "waiting": pgettext_lazy("webhook", "waiting"),
    "done": pgettext_lazy("webhook", "arrived"),
    "failed": pgettext_lazy("webhook", "failed"),
    "dropped": pgettext_lazy("webhook", "not told"),
}
DELIVERY_TONES = {"waiting": "line", "done": "good", "failed": "bad", "dropped": ""}
# Why nothing came back, by the reason of base.outbound.Unreachable.
ERRORS: dict[str, Any] = {
    "address": _("The address is not allowed: it is no address of the public internet, or not https."),
    "name": _("No machine was found under that name."),
    "connection": _("No connection was made, or it broke."),
    "time": _("There was no answer within 15 seconds."),
    "size": _("The answer was too long."),
}
APPS: dict[str, Any] = {
    "identities": _("Sign-in with company accounts"),
    "members": _("Members"),
    "discussions": _("Topics and posts"),
    "knowledge": _("Articles and FAQ"),
    "referrals": _("Referrals"),
    "surveys": _("Surveys"),
    "testimonials": _("Testimonials"),
    "customers": _("Customers"),
    "effort": _("Working time"),
    "encounters": _("Calls and meetings"),
    "calls": _("Calls"),
    "inbox": _("Inquiries"),
    "origins": _("Through whom customers came"),
    "tasks": _("Tasks"),
}
WHEN: dict[str, Any] = {
    "always": pgettext_lazy("chat", "At any hour"),
    "hours": pgettext_lazy("chat", "In business hours; what happens outside is not told"),
    "collect": pgettext_lazy("chat", "In business hours; what happens outside is told when they open"),
}
