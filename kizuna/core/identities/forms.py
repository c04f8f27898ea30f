"""Forms of Studio's pages on signing in: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.community.settings import in_language
from kizuna.core.identities import mapping, wording
from kizuna.core.identities.models import Provider, ProviderKey
from kizuna.core.identities.saml import Distrusted, metadata
from kizuna.core.members import queries as members
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Role
from kizuna.core.members.wording import ROLE_NAMES

LEFT_OUT = {
    Provider.Kind.OIDC: ("described", "allows_unasked"),
    Provider.Kind.JWT: ("described", "allows_unasked", "client_id", "secret", "scopes"),
    Provider.Kind.SAML: ("issuer", "client_id", "secret", "scopes"),
}
NO_HELP = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
JOINING_NAMES = {
    Provider.Joining.COMMUNITY: _("Anybody, by this community's rule of joining"),
    Provider.Joining.NOBODY: _("Nobody: only who is a member already comes in"),
}
FORCED_NAMES = {
    Provider.Forced.NOBODY: _("Nobody: other ways stay open"),
    Provider.Forced.OWN: _("Its own people: proven domains, and whoever came in by it"),
    Provider.Forced.EVERYBODY: _("Everybody"),
}


class ProviderForm(Refusable, forms.Form):
    """A provider: OpenID, SAML or product."""

    slug = forms.CharField(
        label=_("Word in the address"),
        max_length=40,
        help_text=_(
            "Small letters, digits and hyphens. It stands in the address that you tell the provider, and stays."
        ),
        widget=forms.TextInput(attrs=NO_HELP),
    )
    label_ja = forms.CharField(label=_("Name in Japanese"), max_length=60, required=False)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    issuer = forms.CharField(label=_("Issuer"), max_length=300, widget=forms.TextInput(attrs=NO_HELP))
    client_id = forms.CharField(
        label=_("Client ID"), max_length=300, required=False, widget=forms.TextInput(attrs=NO_HELP)
    )
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=1000,
        required=False,
        strip=False,
        help_text=_("It is stored encrypted and not shown again. Left empty, the one there stays."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.CharField(label=_("Scopes"), max_length=200, required=False, widget=forms.TextInput(attrs=NO_HELP))
    described = forms.CharField(
        label=_("Metadata of the provider (XML)"),
        max_length=300_000,
        required=False,
        help_text=_(
            "Paste what the provider gives you as metadata. Pasted again, its new certificates count from then on."
        ),
        widget=forms.Textarea(attrs={"rows": 8, **NO_HELP}),
    )
    allows_unasked = forms.BooleanField(
        label=_("It may send people here by itself (from its own portal)"),
        required=False,
        help_text=_(
            "Leave it off unless people come from a portal: whoever is sent here did not ask for it in this browser."
        ),
    )
    joining = forms.ChoiceField(label=_("Who joins by it"), choices=list(JOINING_NAMES.items()))
    domains = forms.CharField(
        label=_("Only addresses of these domains join"),
        required=False,
        max_length=5000,
        help_text=_("One a line. Left empty, any domain does."),
        widget=forms.Textarea(attrs={"rows": 2, **NO_HELP}),
    )
    is_trusted_for_addresses = forms.BooleanField(
        label=_("It has checked the e-mail addresses of its people"),
        required=False,
        help_text=_(
            "New members need no code to their address then. An account that is here already is never opened by an address alone."
        ),
    )
    asks_second_step = forms.BooleanField(
        label=_("It asks for a second step itself"),
        required=False,
        help_text=_("Members with two-step sign-in are not asked here again then."),
    )

    def __init__(self, *args: Any, provider: Provider | None = None, kind: str, **kwargs: Any) -> None:
        if provider is not None:
            kwargs["initial"] = _initial(provider)
        super().__init__(*args, **kwargs)
        is_product = kind == Provider.Kind.JWT
        self.fields["issuer"].help_text = (
            _("What the product writes as “iss” into its tokens.")
            if is_product
            else _(
                "The address of the provider, such as https://login.example.com. Everything else is read from there."
            )
        )
        self.read: metadata.Described | None = None
        for name in LEFT_OUT[Provider.Kind(kind)]:
            del self.fields[name]
        if "described" in self.fields:
            self.fields["described"].required = provider is None
            self.known_issuer = provider.issuer if provider else ""
        if provider is not None:
            del self.fields["slug"]

    def clean_described(self) -> str:
        """Read the metadata that was pasted."""
        text: str = self.cleaned_data["described"]
        if text.strip():
            try:
                self.read = metadata.read(text)
            except Distrusted as error:
                raise forms.ValidationError(wording.unread_metadata(error.reason)) from None
        return text

    def said(self) -> dict[str, Any]:
        """Return the fields as the action takes them."""
        clean = self.cleaned_data
        issuer = self.read.entity_id if self.read else getattr(self, "known_issuer", "")
        return {
            "label": {"ja": clean["label_ja"], "en": clean["label_en"]},
            "issuer": clean.get("issuer", issuer),
            "allows_unasked": clean.get("allows_unasked", False),
            "client_id": clean.get("client_id", ""),
            "scopes": " ".join(clean.get("scopes", "").split()) or "openid email profile",
            "joining": clean["joining"],
            "domains": clean["domains"].split(),
            "is_trusted_for_addresses": clean["is_trusted_for_addresses"],
            "asks_second_step": clean["asks_second_step"],
        }


class MappingForm(Refusable, forms.Form):
    """Which claim becomes what. A field for each of ours, and for each attribute."""

    def __init__(self, *args: Any, provider: Provider, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels: dict[str, Any] = {
            "name": _("Display name"), "kana": _("Reading"), "company": _("Company or shop"), "email": _("E-mail address"),
            "person_id": _("Number of the person in your system"), "customer_id": _("Customer number in your system"),
        }  # fmt: skip
        for attribute in members.attributes():
            labels[f"{mapping.ATTRIBUTE}{attribute.key}"] = in_language(attribute.label, language) or attribute.key
        for name, label in labels.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=200, initial=provider.mapping.get(name, ""),
                widget=forms.TextInput(attrs={**NO_HELP, "placeholder": mapping.DEFAULT.get(name, "")}),
            )  # fmt: skip


class DomainForm(Refusable, forms.Form):
    domain = forms.CharField(
        label=_("Domain"), max_length=253, widget=forms.TextInput(attrs={**NO_HELP, "placeholder": "example.co.jp"})
    )


class KeyForm(Refusable, forms.Form):
    """A key of the product."""

    algorithm = forms.ChoiceField(
        label=_("Kind of key"),
        choices=[
            (ProviderKey.Algorithm.HS256, _("A shared secret that we make (HS256)")),
            (ProviderKey.Algorithm.RS256, _("A public key of yours (RS256)")),
        ],
    )
    public_key = forms.CharField(
        label=_("Public key (PEM)"),
        required=False,
        max_length=8000,
        help_text=_("Only for RS256."),
        widget=forms.Textarea(attrs={"rows": 4, **NO_HELP}),
    )


class ForceForm(Refusable, forms.Form):
    forced = forms.ChoiceField(label=_("Who has to sign in by it"), choices=list(FORCED_NAMES.items()))


class GroupForm(Refusable, forms.Form):
    """The role that a group of the directory gives."""

    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("None")), *((role, ROLE_NAMES[role]) for role in Role.values if role != Role.OWNER)],
        widget=forms.Select(attrs={"class": "select"}),
    )


def _initial(provider: Provider) -> dict[str, Any]:
    plain = (
        "issuer", "client_id", "scopes", "joining", "is_trusted_for_addresses", "asks_second_step", "allows_unasked",
    )  # fmt: skip
    return {
        **{name: getattr(provider, name) for name in plain},
        "label_ja": provider.label.get("ja", ""),
        "label_en": provider.label.get("en", ""),
        "domains": "\n".join(provider.domains),
    }
