"""The mail that says that an inquiry was received: to whom it goes at all, and its words."""

import re
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from kizuna.base.hours import add_minutes
from kizuna.base.text.japanese import lang_of
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.hours import business_hours
from kizuna.core.inbound.parsing.headers import is_address
from kizuna.core.members.models.member import normalised_email
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox import composing, facts_in_words, queries
from kizuna.success.mailbox.models import Acknowledgement, SupportAddress

FRESH = timedelta(hours=24)  # what waited longer, in a mailbox or here, is no news any more
# Addresses behind which nobody reads, or a machine does.
_NOBODY = re.compile(
    r"(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply.*|mailer[-_.]?daemon|postmaster|hostmaster|abuse|bounces?|"
    r"listserv|majordomo|daemon|auto[-_.]?(?:reply|mail|confirm)|.*[-+](?:bounces?|request|owner)|owner-.*|"
    r"(?:bounces?|return|prvs)[-+=].*|notifications?|alerts?|system|robot)"
)


def is_writable(address: str) -> bool:
    """Tell whether a person may read at an address, and it is none of ours."""
    key = normalised_email(address)
    if not is_address(address) or _NOBODY.fullmatch(key.rpartition("@")[0]):
        return False
    return key not in queries.own_addresses() and queries.support_of(key) is None


def language_of(inquiry: Inquiry, text: str) -> str:
    """Return in which language whoever asks is answered."""
    if inquiry.member is not None:
        return inquiry.member.language
    if text.strip():
        return "ja" if lang_of(text) == "ja" else "en"
    return str(community.setting(keys.DEFAULT_LANGUAGE))


def usual_words() -> str:
    """Return what the mail says where no other words are set, in the language that is active."""
    return _(
        "Thank you for writing to us. We have received your inquiry.\n\n"
        "Number: #{{number}}\nSubject: {{title}}\n\n"
        "{{answer_by}}\n\n"
        "If you want to add something, just answer this mail."
    )


def promise_of(*, due: datetime | None, is_outside: bool, language: str) -> str:
    """Return the sentence that says by when there will be an answer, in the language that is active."""
    if due is None:
        return _("We will answer as soon as we can.")
    moment = composing.moment_in_words(due, language=language, zone=community.setting(keys.TIME_ZONE))
    if is_outside:
        return _("We are out of office hours now and will answer by %(moment)s.") % {"moment": moment}
    return _("We will answer by %(moment)s.") % {"moment": moment}


def facts_of(inquiry: Inquiry, *, promise: str, language: str, is_known: bool) -> dict[str, str]:
    """Return what the words can say. Of a sender who is not proven nothing is repeated: they may write to a stranger."""
    due = inquiry.response_due_at
    zone = community.setting(keys.TIME_ZONE)
    return {
        "number": str(inquiry.pk),
        "title": inquiry.title if is_known else _("Your inquiry"),
        "answer_by": promise,
        "due": composing.moment_in_words(due, language=language, zone=zone) if due else "",
        "customer": addressee_of(inquiry, "").name if is_known else "",
        "company": addressee_of(inquiry, "").company if is_known else "",
        "community": community.name(language),
    }


def addressee_of(inquiry: Inquiry, name: str) -> composing.Addressee:
    """Return whom a mail about an inquiry addresses."""
    person = inquiry.contact.name if inquiry.contact else inquiry.member.name if inquiry.member else name
    return composing.Addressee(person, inquiry.account.name if inquiry.account else "")


def words_of(support: SupportAddress, facts: dict[str, str], *, language: str) -> str:
    """Return the words of a support address, in the language that is active, with the facts in their places."""
    return facts_in_words.filled(support.acknowledgement.get(language) or usual_words(), facts)


def example_facts(*, now: datetime, language: str) -> dict[str, str]:
    """Return facts as they would be for something that comes in now."""
    due = add_minutes(business_hours(), now, 240)
    with translation.override(language):
        zone = community.setting(keys.TIME_ZONE)
        return {
            "number": "1024",
            "title": _("About the invoice"),
            "answer_by": promise_of(due=due, is_outside=True, language=language),
            "due": composing.moment_in_words(due, language=language, zone=zone) if due else "",
            "customer": _("Taro Yamada"),
            "company": _("Yamada Trading Co., Ltd."),
            "community": community.name(language),
        }


def lines_of(*, inquiry: Inquiry) -> list[tuple[datetime, str]]:
    """Return what the log of an inquiry's page says of the mail."""
    sent = Acknowledgement.objects.filter(inquiry=inquiry).first()
    if sent is None:
        return []
    states = Acknowledgement.State
    sentence = {
        states.WAITING: _("The mail that we have it is on its way: “%(words)s”"),
        states.SENT: _("We sent a mail that we have it: “%(words)s”"),
        states.FAILED: _("The mail that we have it could not be sent: %(error)s"),
        states.RETURNED: _("The mail that we have it did not arrive: %(error)s"),
    }[states(sent.state)]
    return [(sent.settled_at or sent.at, sentence % {"words": sent.promise, "error": sent.error or "?"})]
