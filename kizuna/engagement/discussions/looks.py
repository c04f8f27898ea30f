"""The icons and colours that a space may have, in words."""

from typing import Any

from django.utils.translation import pgettext_lazy

ICONS: dict[str, Any] = {
    "message-circle": pgettext_lazy("icon", "Speech bubble"),
    "circle-question-mark": pgettext_lazy("icon", "Question mark"),
    "lightbulb": pgettext_lazy("icon", "Light bulb"),
    "megaphone": pgettext_lazy("icon", "Megaphone"),
    "users-round": pgettext_lazy("icon", "People together"),
    "book-open": pgettext_lazy("icon", "Open book"),
    "camera": pgettext_lazy("icon", "Camera"),
    "gift": pgettext_lazy("icon", "Gift"),
    "handshake": pgettext_lazy("icon", "Handshake"),
    "heart": pgettext_lazy("icon", "Heart"),
    "house": pgettext_lazy("icon", "House"),
    "image": pgettext_lazy("icon", "Picture frame"),
    "lock": pgettext_lazy("icon", "Lock"),
    "map-pin": pgettext_lazy("icon", "Pin on a map"),
    "package": pgettext_lazy("icon", "Parcel"),
    "sparkles": pgettext_lazy("icon", "Sparkles"),
    "sprout": pgettext_lazy("icon", "Sprout"),
    "star": pgettext_lazy("icon", "Star"),
    "store": pgettext_lazy("icon", "Shop"),
    "ticket": pgettext_lazy("icon", "Ticket"),
    "trophy": pgettext_lazy("icon", "Trophy"),
    "utensils": pgettext_lazy("icon", "Knife and fork"),
    "video": pgettext_lazy("icon", "Video camera"),
    "wallet": pgettext_lazy("icon", "Wallet"),
    "zap": pgettext_lazy("icon", "Lightning"),
}
COLORS: dict[str, Any] = {
    "d1": pgettext_lazy("colour", "Indigo"),
    "d2": pgettext_lazy("colour", "Vermilion"),
    "d3": pgettext_lazy("colour", "Teal"),
    "d4": pgettext_lazy("colour", "Ochre"),
    "d5": pgettext_lazy("colour", "Purple"),
}
