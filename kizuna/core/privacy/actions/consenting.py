"""Write down what somebody agreed to or took back by another way than their own page."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person
from kizuna.base.registry import personal as people
from kizuna.core.audit import actions as audit
from kizuna.core.members.actions import write_consent
from kizuna.core.members.models import PurposeConsent
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.members.wording import CONSENT_SOURCES
from kizuna.core.privacy import policies


@transaction.atomic
def record_consent(
    *,
    viewer: Viewer,
    person: Person,
    purpose: str,
    is_given: bool,
    source: str,
    decided_at: datetime,
    now: datetime,
    wording: str = "",
    note: str = "",
) -> PurposeConsent:
    """Write down a yes or a no that the team received. A yes to mail needs the words shown: the law asks for them."""
    policies.require_recorder(viewer)
    require(purpose in PurposeConsent.Purpose.values, _("There is no such use."))
    require(source in CONSENT_SOURCES, _("Please choose from the list."))
    if decided_at > now:
        raise Refused(_("It cannot have come in later than now."), field="decided_on", code="later")
    if is_given and not wording.strip():
        raise Refused(_("Please write the words under which the person agreed."), field="wording", code="empty")
    person = people.completed(person)
    require(bool(person.member_id or person.contact_id or person.addresses), _("There is no such person."))
    row = write_consent(
        person=person,
        purpose=purpose,
        is_given=is_given,
        source=source,
        wording=wording.strip(),
        note=note.strip(),
        recorded_by_id=viewer.member_id,
        now=decided_at,
    )
    subject = ("member", person.member_id) if person.member_id else ("contact", person.contact_id)
    detail = {"purpose": purpose, "given": is_given, "source": source}
    audit.note("consent.recorded", actor_id=viewer.member_id, subject=subject, detail=detail, now=now)
    return row
