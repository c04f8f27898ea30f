"""Whether somebody may be mailed for a purpose: the one question that sending code asks."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from kizuna.base.registry import Person
from kizuna.base.registry import personal as people
from kizuna.core.community import queries as community
from kizuna.core.members.models import Member, PurposeConsent
from kizuna.core.members.queries import consents_of_person, decision_of, proof_key
from kizuna.core.members.wording import PURPOSE_NAMES, described_decision
from kizuna.core.notifications.models import MailStop
from kizuna.core.privacy.settings import SENDER

PROMOTIONAL = PurposeConsent.Purpose.PROMOTIONAL_MAIL.value


def may_mail(person: Person, *, purpose: str, now: datetime) -> bool:
    """Tell whether a person may be mailed for a purpose now."""
    return why_not_mail(person, purpose=purpose, now=now) == ""


def why_not_mail(person: Person, *, purpose: str, now: datetime) -> str:
    """Return why a person may not be mailed for a purpose, "" when they may.

    `unknown`: nobody by that number; `no_address`; `no_consent`: never said yes; `withdrawn`: the last word was a no;
    `stopped`: the address bounced, complained or unsubscribed; `left`; `no_sender`: promotional mail must name its
    sender (特定電子メール法, article 4), which Studio has not set.
    """
    person = people.completed(person)
    if not person.addresses:
        return "no_address"
    if person.member_id and Member.objects.filter(pk=person.member_id).exclude(state=Member.State.ACTIVE).exists():
        return "left"
    decision = decision_of(person, purpose=purpose, now=now)
    if decision is None:
        return "no_consent"
    if not decision.is_given:
        return "withdrawn"
    if _is_stopped(person, purpose):
        return "stopped"
    if purpose == PROMOTIONAL and not sender():
        return "no_sender"
    return ""


def sender() -> str:
    """Return who sends, as promotional mail must say: name, postal address and where to complain; "" until it is set."""
    said = community.setting(SENDER)
    lines = [said.get(name, "").strip() for name in ("name", "postal", "contact")]
    return "\n".join(lines) if all(lines) else ""


def consent_lines(person: Person, *, now: datetime) -> list[dict[str, Any]]:
    """Return each purpose with a person's last word on it."""
    latest: dict[str, PurposeConsent] = {}
    for row in consents_of_person(people.completed(person)).filter(at__lte=now):
        latest.setdefault(row.purpose, row)
    return [
        {
            "purpose": purpose,
            "name": name,
            "decision": described_decision(latest[purpose]) if purpose in latest else None,
        }
        for purpose, name in PURPOSE_NAMES.items()
    ]


def _is_stopped(person: Person, purpose: str) -> bool:
    proofs = [proof_key(address) for address in person.addresses]
    whose = Q(recipient__address_key__in=person.addresses) | Q(recipient__person_key__in=proofs)
    return MailStop.objects.filter(whose, Q(kind="") | Q(kind=purpose)).exists()
