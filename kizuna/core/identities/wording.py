"""Words of identities."""

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base import outbound
from kizuna.base.hosting import links
from kizuna.core.identities.mapping import ATTRIBUTE, Said
from kizuna.core.identities.models import Provider

KIND_NAMES = {
    Provider.Kind.OIDC.value: gettext_lazy("OpenID Connect"),
    Provider.Kind.SAML.value: gettext_lazy("SAML 2.0"),
    Provider.Kind.JWT.value: gettext_lazy("Your product (signed token)"),
}
DEEDS = {
    "provider.added": gettext_lazy("Set a way to sign in up"),
    "provider.changed": gettext_lazy("Changed a way to sign in"),
    "provider.mapped": gettext_lazy("Changed what a provider's words become"),
    "provider.switched_on": gettext_lazy("Switched a way to sign in on"),
    "provider.switched_off": gettext_lazy("Switched a way to sign in off"),
    "provider.removed": gettext_lazy("Removed a way to sign in"),
    "provider.key_added": gettext_lazy("Added a key of the product"),
    "provider.key_removed": gettext_lazy("Removed a key of the product"),
    "provider.forced": gettext_lazy("Changed who has to sign in by a provider"),
    "domain.added": gettext_lazy("Claimed a mail domain"),
    "domain.removed": gettext_lazy("Let a mail domain go"),
    "domain.proven": gettext_lazy("A mail domain was proven by DNS"),
    "domain.lapsed": gettext_lazy("A mail domain's record is gone"),
    "break_glass.named": gettext_lazy("Named an owner for when a provider does not work"),
    "break_glass.unnamed": gettext_lazy("Took the name of an owner for when a provider does not work back"),
    "sign_in.break_glass": gettext_lazy("An owner signed in beside the company's sign-in"),
    "identity.joined": gettext_lazy("A company account was joined to a member"),
    "identity.parted": gettext_lazy("A company account was parted from a member"),
    "directory.added": gettext_lazy("The company's directory brought a member"),
    "directory.ended": gettext_lazy("The company's directory ended a member"),
    "directory.begun_again": gettext_lazy("The company's directory let a member in again"),
    "directory.removed": gettext_lazy("The company's directory let a member go"),
    "directory.group_added": gettext_lazy("The company's directory brought a group"),
    "directory.group_changed": gettext_lazy("The company's directory changed who is in a group"),
    "directory.group_removed": gettext_lazy("The company's directory removed a group"),
    "directory.group_role": gettext_lazy("Changed the role that a group of the directory gives"),
    "identity.signed_out": gettext_lazy("A provider ended sign-ins"),
}


def unread(error: Exception) -> str:
    """Return in words why an issuer could not be read."""
    if isinstance(error, outbound.Unreachable):
        return {
            "address": _("This address may not be asked. Inner addresses are let in by whoever runs the machine."),
            "name": _("There is no machine of this name."),
            "time": _("The provider did not answer in time."),
        }.get(error.reason, _("The provider could not be reached."))
    if getattr(error, "reason", "") == "issuer":
        return _("The provider calls itself by another name. Please enter the issuer exactly as it does.")
    return _("What the provider says of itself is not complete. Please compare the issuer.")


def addresses_of(provider: Provider, *, callback: str) -> list[tuple[str, str]]:
    """Return the addresses that the provider has to be told."""
    logout = links.absolute_url(reverse("identities:back-channel-logout", args=[provider.slug]))
    return [
        (_("Redirect URI"), callback),
        (_("Back-channel logout URI"), logout),
        (_("Post-logout redirect URI"), links.absolute_url("/")),
    ]


def unread_metadata(reason: str) -> str:
    """Return in words why metadata of a SAML provider could not be read."""
    return {
        "not installed": _("SAML is not installed here. Whoever runs the machine adds it by bin/setup --saml."),
        "doctype": _("Metadata with a document type of its own is not read."),
        "many": _("There are several providers in it. Please paste the metadata of one."),
        "redirect": _("It names no address (HTTP-Redirect, https) at which people sign in."),
        "certificate": _("It holds no certificate that can be used (RSA of 2,048 bits or more, or EC)."),
        "size": _("This is too long for the metadata of one provider."),
    }.get(reason, _("This is no metadata of a SAML identity provider."))


def saml_addresses(provider: Provider) -> list[tuple[str, str]]:
    """Return the addresses that a SAML provider has to be told."""
    entity = links.absolute_url(reverse("identities:saml-metadata", args=[provider.slug]))
    return [
        (_("Our metadata, and our entity ID"), entity),
        (
            _("Assertion consumer service (ACS), by POST"),
            links.absolute_url(reverse("identities:saml-acs", args=[provider.slug])),
        ),
    ]


def product_addresses() -> list[tuple[str, str]]:
    """Return the addresses to which a product sends its tokens."""
    return [
        (_("From the browser, by POST (field “token”)"), links.absolute_url(reverse("identities:product"))),
        (_("From your server, for a link"), links.absolute_url(reverse("identities:exchange"))),
    ]


def shown_claim(value: Any) -> str:
    """Return a claim as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shown_said(said: Said, language: str) -> list[tuple[str, str]]:
    """Return what the last sign-in became here."""
    names = {
        "name": _("Display name"), "kana": _("Reading"), "company": _("Company or shop"),
        "person_id": _("Number of the person in your system"), "customer_id": _("Customer number in your system"),
    }  # fmt: skip
    verified = _("checked by the provider") if said.is_verified else _("not checked by the provider")
    found = [(_("E-mail address"), f"{said.email} ({verified})" if said.email else "—")]
    found += [(names[name], text) for name, text in said.fields.items()]
    return found + [(f"{key.removeprefix(ATTRIBUTE)}", shown_claim(value)) for key, value in said.answers.items()]
