"""What is said on the page and told by mail when something about an account changed."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.hosting import links
from kizuna.core.members import mails
from kizuna.core.members.clients import device_name
from kizuna.core.members.models import Member, PurposeConsent, Role, TermsDocument

# By the name of allauth's message.
MESSAGES = {
    "password_changed": _("Your password was changed. Other devices were signed out."),
    "password_set": _("Your password was set. Other devices were signed out."),
    "totp_activated": _("Two-step sign-in is on."),
    "totp_deactivated": _("Two-step sign-in is off."),
    "webauthn_added": _("The passkey was made."),
    "webauthn_removed": _("The passkey was removed."),
    "recovery_codes_generated": _("New recovery codes were made. Please keep them in a safe place."),
}


@dataclass(frozen=True)
class Told:
    """A notice about an account: its subject and one sentence."""

    subject: Any
    sentence: Any


NOTICES = {
    "password_changed": Told(_("Your password was changed"), _("The password of your account was changed.")),
    "password_set": Told(_("A password was set"), _("A password was set for your account.")),
    "password_reset": Told(
        _("Your password was reset"), _("The password of your account was reset by a link in a mail.")
    ),
    "email_changed": Told(
        _("Your address was changed"), _("Your account now uses another address. This one gets no more mail about it.")
    ),
    "totp_activated": Told(_("Two-step sign-in is on"), _("Two-step sign-in was switched on for your account.")),
    "totp_deactivated": Told(_("Two-step sign-in is off"), _("Two-step sign-in was switched off for your account.")),
    "recovery_codes_generated": Told(_("New recovery codes"), _("New recovery codes were made for your account.")),
    "webauthn_added": Told(_("A passkey was added"), _("A passkey was added to your account.")),
    "webauthn_removed": Told(_("A passkey was removed"), _("A passkey was removed from your account.")),
    "token_made": Told(_("An API token was made"), _("A program can now act as you with a new API token.")),
}


def tell_by_mail(kind: str, *, member: Member, address: str, user_agent: str, to: str = "") -> None:
    """Send the notice `kind` to the member's stored address (or the one just left). A mail that fails undoes nothing."""
    to = to or member.email
    if not to:
        return
    try:
        mails.send(
            "notice",
            to=to,
            language=member.language,
            told=NOTICES[kind],
            at=timezone.now(),
            address=address,
            user_agent=device_name(user_agent),
            button_url=links.absolute_url(reverse("mfa_index")),
        )
    except mails.MailNotSent:
        return


@dataclass(frozen=True)
class Purpose:
    """An optional use: what is asked, and what saying yes or no means."""

    question: Any
    note: Any


PURPOSES = {
    PurposeConsent.Purpose.PROMOTIONAL_MAIL.value: Purpose(
        _("You may send me news about products and events by mail"),
        _("Optional. You take part just the same without it, and can stop it at any time."),
    ),
    PurposeConsent.Purpose.SURVEY.value: Purpose(
        _("You may send me surveys by mail"),
        _("Optional. You take part just the same without it, and can stop it at any time."),
    ),
    PurposeConsent.Purpose.CASE_STUDY.value: Purpose(
        _("You may ask me for a case study or a testimonial"),
        _("Optional. Nothing is published without asking you again."),
    ),
    PurposeConsent.Purpose.USAGE_FOR_SUPPORT.value: Purpose(
        _("You may use how I use the product to improve support"),
        _("Optional. You take part just the same without it, and can take it back at any time."),
    ),
}
# What is asked on joining; the others are offered on the settings page and by the team.
ASKED_ON_JOINING = (
    PurposeConsent.Purpose.PROMOTIONAL_MAIL.value,
    PurposeConsent.Purpose.USAGE_FOR_SUPPORT.value,
)
PURPOSE_NAMES = {
    PurposeConsent.Purpose.PROMOTIONAL_MAIL.value: _("News by mail"),
    PurposeConsent.Purpose.SURVEY.value: _("Surveys"),
    PurposeConsent.Purpose.CASE_STUDY.value: _("Case studies"),
    PurposeConsent.Purpose.USAGE_FOR_SUPPORT.value: _("Usage for better support"),
}
CONSENT_SOURCES = {
    "joining": _("On joining"),
    "settings": _("Own settings page"),
    "change": _("When the terms changed"),
    "form": _("Form on a website"),
    "import": _("Import"),
    "paper": _("On paper"),
    "telephone": pgettext_lazy("channel", "Telephone"),
    "mail": _("By a mail from them"),
    "unsubscribe": _("Link in a mail"),
}
KIND_NAMES = {
    TermsDocument.Kind.TERMS.value: _("Terms of use"),
    TermsDocument.Kind.PRIVACY.value: _("Privacy notice"),
    TermsDocument.Kind.GUIDELINES.value: _("Community guidelines"),
}
ROLE_NAMES = {
    Role.OWNER.value: pgettext_lazy("role", "Owner"),
    Role.ADMIN.value: _("Community manager"),
    Role.MODERATOR.value: _("Moderator"),
    Role.SUCCESS_MANAGER.value: _("Success manager"),
    Role.ANALYST.value: _("Analyst"),
}
DEEDS = {
    "member.viewed_as": _("Looked at the community as this member"),
    "member.made": _("Made on the command line"),
    "member.approved": _("Let in"),
    "member.declined": _("Declined"),
    "member.suspended": _("Suspended"),
    "member.restored": _("Suspension lifted"),
    "member.erased": _("Taken out"),
    "role.granted": _("Role given"),
    "role.revoked": _("Role taken"),
}
STATE_NAMES = {
    Member.State.ACTIVE.value: _("Active"),
    Member.State.WAITING.value: _("Waiting"),
    Member.State.SUSPENDED.value: _("Suspended"),
}
METHOD_NAMES = {
    "password": _("password"),
    "code": _("e-mail code"),
    "invitation": _("invitation"),
    "passkey": _("passkey"),
    "totp": _("authenticator app"),
    "recovery": _("recovery code"),
    "webauthn": _("passkey"),
    "company": _("company account"),
}
ROW_FAULTS = {
    "bad_address": _("not a complete address"),
    "already_member": _("a member already"),
    "already_invited": _("has an open invitation"),
    "not_allowed": _("whoever sent the file may not invite any more"),
}


def method_name(method: str) -> str:
    """Return in words how somebody signed in."""
    return " + ".join(str(METHOD_NAMES.get(part, part)) for part in method.split("+"))


def described_decision(row: PurposeConsent) -> dict[str, Any]:
    """Return a yes or no to a use in words."""
    return {
        "row": row,
        "name": PURPOSE_NAMES.get(row.purpose, row.purpose),
        "source": CONSENT_SOURCES.get(row.source, row.source),
    }
