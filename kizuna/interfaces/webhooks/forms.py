"""Forms of webhooks: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.members.forms.refusing import Refusable
from kizuna.interfaces.webhooks import chat, queries
from kizuna.interfaces.webhooks.models import LONGEST_URL
from kizuna.interfaces.webhooks.verbs import VERBS
from kizuna.interfaces.webhooks.wording import APPS, CHATS, WHEN


def alerts_field() -> forms.MultipleChoiceField:
    """Return the field that asks which alerts a chat hears."""
    return forms.MultipleChoiceField(
        label=_("Which alerts"),
        required=False,
        choices=[(verb, VERBS.get(verb, verb)) for verb in chat.ALERTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: all of these."),
    )


def when_field() -> forms.ChoiceField:
    """Return the field that asks when a chat is told."""
    return forms.ChoiceField(
        label=pgettext_lazy("webhook", "When"),
        choices=list(WHEN.items()),
        widget=forms.RadioSelect,
        initial="always",
        required=False,
        help_text=_("By the business hours of this community."),
    )


def urgent_field() -> forms.BooleanField:
    """Return the field that asks whether urgent inquiries wait."""
    return forms.BooleanField(label=_("Urgent inquiries at once, at any hour"), required=False, initial=True)


def signing_field() -> forms.CharField:
    """Return the field for what a Slack app signs with."""
    return forms.CharField(
        label=_("Signing secret (Slack only)"),
        max_length=64,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "With it alerts of inquiries have buttons: take it, answer it. Kept sealed; empty: stays as it is."
        ),
    )


class Hourly:
    """A form that asks when a chat is told; nothing said means at any hour."""

    def clean_when(self) -> str:
        return self.cleaned_data["when"] or "always"  # type: ignore[attr-defined,no-any-return]


class ChatForm(Hourly, Refusable, forms.Form):
    """A chat of the team."""

    kind = forms.ChoiceField(label=_("Which chat"), choices=CHATS)
    address = forms.CharField(
        label=_("Address for incoming messages"),
        max_length=LONGEST_URL,
        help_text=_(
            "Slack, LINE WORKS: incoming webhook. Teams: webhook of a workflow. Chatwork: number of the room. Kept sealed."
        ),
        widget=forms.TextInput(attrs={"class": "input--code", "autocomplete": "off"}),
    )
    token = forms.CharField(
        label=_("API token (Chatwork only)"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("What it is for"), max_length=200, required=False, help_text=_("Your colleagues read it.")
    )
    verbs = alerts_field()
    when = when_field()
    urgent_at_once = urgent_field()
    signing = signing_field()


class EndpointForm(Hourly, Refusable, forms.Form):
    """Where activities are told, and which. Nothing ticked: all of them."""

    url = forms.CharField(
        label=_("Address of the receiver"),
        max_length=LONGEST_URL,
        help_text=_("It begins with https:// and can be reached from the internet."),
        widget=forms.URLInput(attrs={"class": "input--code", "autocomplete": "off", "placeholder": "https://"}),
    )
    description = forms.CharField(
        label=_("What it is for"), max_length=200, required=False, help_text=_("Your colleagues read it.")
    )
    verbs = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, is_chat: bool = False, is_slack: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_chat:
            del self.fields["url"]
            self.fields |= {"verbs": alerts_field(), "when": when_field(), "urgent_at_once": urgent_field()}
            self.fields |= {"signing": signing_field()} if is_slack else {}
            return
        field = self.fields["verbs"]
        field.choices = [(verb, verb) for verb in sorted(queries.known_verbs())]  # type: ignore[attr-defined]

    def groups(self) -> list[dict[str, Any]]:
        """Return the verbs by app with their words, for the template."""
        chosen = set(self["verbs"].value() or ())
        return [
            {
                "label": APPS.get(app, app),
                "verbs": [(verb, VERBS.get(verb, words), verb in chosen) for verb, words in types],
                "count": sum(verb in chosen for verb, _words in types),
            }
            for app, types in queries.verbs().items()
        ]
