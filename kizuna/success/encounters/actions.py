"""Write encounters down, change and remove them; the timeline follows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.activity.types import ActivityType
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions as customers
from kizuna.success.customers.actions import Touch, remove_touchpoint, write_touchpoints
from kizuna.success.customers.actions.checking import choice, line, text_of, whole
from kizuna.success.customers.models import Account, Contact
from kizuna.success.encounters import activities, policies, queries
from kizuna.success.encounters.models import Encounter, EncounterPerson, EncounterVersion
from kizuna.success.encounters.queries import KEPT

LONGEST = 20_000
MOST_MINUTES = 60 * 24
MOST_PEOPLE = 50
TARGET = "encounter"


@transaction.atomic
def log_encounter(*, viewer: Viewer, account: Account, fields: Mapping[str, Any], now: datetime) -> Encounter:
    """Write a call, a meeting or a mail down. `fields`: KEPT, `at`, `contact_ids` and `member_ids` of who took part."""
    policies.require_worker(viewer)
    if account.state == Account.State.MERGED:
        raise Refused(_("There is no customer with this number."), field="account_id")
    values = _checked(fields, now=now)
    encounter = Encounter.objects.create(account=account, author_id=viewer.member_id, created_at=now, **values)
    contacts = _join(encounter, fields)
    write_touchpoints([_touch(encounter, contacts)])
    props = {"minutes": encounter.minutes, "is_internal": encounter.is_internal}
    _record(activities.ENCOUNTER_LOGGED, encounter, viewer=viewer, now=now, **props)
    return encounter


@transaction.atomic
def edit_encounter(
    *, viewer: Viewer, encounter: Encounter, fields: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> Encounter:
    """Change what is written of an encounter; what it was stays readable."""
    encounter = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    require(policies.can_change(viewer, encounter), _("Only the author may change this."))
    values = _checked(fields, now=now)
    standing = queries.opened_values(encounter)
    if opened is not None and standing == {**values, "people": _people_said(fields)}:
        return encounter  # sent twice
    require_unchanged(opened, standing, lambda after: queries.changes_after(encounter, after=after))
    state = {**{name: getattr(encounter, name) for name in KEPT}, "at": encounter.at.isoformat()}
    EncounterVersion.objects.create(encounter=encounter, state=state, by_id=viewer.member_id, at=now)
    for name, value in values.items():
        setattr(encounter, name, value)
    encounter.edited_at = now
    encounter.save()
    EncounterPerson.objects.filter(encounter=encounter).delete()
    contacts = _join(encounter, fields)
    # Its time may be another, and so may be who it was with: the entry is written anew under its own key.
    remove_touchpoint(key=_key(encounter))
    write_touchpoints([_touch(encounter, contacts)])
    _record(activities.ENCOUNTER_EDITED, encounter, viewer=viewer, now=now)
    return encounter


@transaction.atomic
def remove_encounter(*, viewer: Viewer, encounter: Encounter, now: datetime) -> None:
    """Take an encounter out of sight: its author may, and managers."""
    require(policies.can_change(viewer, encounter), _("Only the author may change this."))
    if Encounter.objects.filter(pk=encounter.pk, is_removed=False).update(is_removed=True):
        remove_touchpoint(key=_key(encounter))
        _record(activities.ENCOUNTER_REMOVED, encounter, viewer=viewer, now=now)


@transaction.atomic
def restore_encounter(*, viewer: Viewer, encounter: Encounter, now: datetime) -> None:
    """Bring a removed encounter back to its place on the timeline."""
    require(policies.can_change(viewer, encounter), _("Only the author may change this."))
    if Encounter.objects.filter(pk=encounter.pk, is_removed=True).update(is_removed=False):
        contacts = encounter.people.exclude(contact=None).order_by("contact_id").values_list("contact_id", flat=True)
        write_touchpoints([_touch(encounter, [pk for pk in contacts if pk])])
        _record(activities.ENCOUNTER_RESTORED, encounter, viewer=viewer, now=now)


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Blank the encounters with the person alone, and cover their name in the others of the customers they worked at."""
    if person.contact_id is None and not person.account_ids:
        return Erased()
    own = _own_of(person)
    there = Encounter.objects.filter(pk__in=own)
    removed = EncounterVersion.objects.filter(encounter_id__in=own).delete()[0]
    removed += there.exclude(body="").count()
    kept = there.update(title=customers.gone_words(), body="")
    customers.blank_touches(source_type=TARGET, source_ids=own)
    accounts, words = customers.accounts_of(person), customers.words_of(person)
    others = Encounter.objects.filter(account_id__in=accounts).exclude(pk__in=own)
    removed += customers.cover_words(others, ("title", "body"), words)
    versions = EncounterVersion.objects.filter(encounter__account_id__in=accounts)
    return Erased(removed=removed + customers.cover_words(versions, ("state",), words), kept=kept)


def _own_of(person: Person) -> list[int]:
    """Return the encounters of the customer that is the person, and those in which they alone took part for a customer."""
    contact_id = person.contact_id or 0
    others = EncounterPerson.objects.exclude(contact=None).exclude(contact_id=contact_id)
    alone = EncounterPerson.objects.filter(contact_id=contact_id).exclude(encounter__in=others.values("encounter_id"))
    theirs = Q(account_id__in=person.account_ids) | Q(pk__in=alone.values("encounter_id"))
    return list(Encounter.objects.filter(theirs).values_list("pk", flat=True))


def _checked(fields: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    at, minutes = fields.get("at"), fields.get("minutes")
    if not isinstance(at, datetime) or at.tzinfo is None or at.year < 1990:
        raise Refused(_("Please say when it was."), field="at")
    if at > now + timedelta(minutes=5):
        raise Refused(_("This lies in the future. What is to come is a task."), field="at")
    kind = choice(fields, "kind", among=Encounter.Kind, default=Encounter.Kind.CALL)
    direction = choice(fields, "direction", among=Encounter.Direction, default=Encounter.Direction.NONE)
    return {
        "kind": kind,
        "direction": Encounter.Direction.NONE if kind == Encounter.Kind.MEETING else direction,
        "at": at,
        "minutes": None if minutes in (None, "") else whole(fields, "minutes", most=MOST_MINUTES),
        "title": line(fields, "title", longest=160, required=True),
        "body": text_of(fields, "body", longest=LONGEST),
        "is_internal": bool(fields.get("is_internal", True)),
    }


def _join(encounter: Encounter, fields: Mapping[str, Any]) -> list[int]:
    """Note who took part and return the customer's people among them."""
    contact_ids, member_ids = set(fields.get("contact_ids") or ()), set(fields.get("member_ids") or ())
    if len(contact_ids) + len(member_ids) > MOST_PEOPLE:
        raise Refused(_("These are too many people."), field="contacts")
    there = Contact.objects.filter(pk__in=contact_ids, employments__account=encounter.account_id)
    contacts = sorted(set(there.values_list("pk", flat=True)))
    if contact_ids - set(contacts):
        raise Refused(_("This person does not work there."), field="contacts")
    if member_ids - {member.pk for member in queries.team()}:
        raise Refused(_("Please choose somebody of the team."), field="members")
    EncounterPerson.objects.bulk_create(
        [
            *(EncounterPerson(encounter=encounter, contact_id=contact_id) for contact_id in contacts),
            *(EncounterPerson(encounter=encounter, member_id=member_id) for member_id in sorted(member_ids)),
        ]
    )
    return contacts


def _people_said(fields: Mapping[str, Any]) -> list[tuple[int | None, int | None]]:
    """Return who took part as it is said, in the order in which it is stored."""
    contacts = [(pk, None) for pk in sorted(fields.get("contact_ids") or ())]
    return [*contacts, *((None, pk) for pk in sorted(fields.get("member_ids") or ()))]


def _touch(encounter: Encounter, contacts: list[int]) -> Touch:
    return Touch(
        key=_key(encounter),
        channel=encounter.kind,
        at=encounter.at,
        account_id=encounter.account_id,
        contact_id=contacts[0] if contacts else None,
        member_id=encounter.author_id,
        kind=f"{encounter.kind}.{encounter.direction if contacts else 'nobody'}",
        direction=encounter.direction,
        title=encounter.title,
        excerpt=encounter.body[:400],
        source_type=TARGET,
        source_id=encounter.pk,
        is_internal=encounter.is_internal,
    )


def _key(encounter: Encounter) -> str:
    return f"encounter:{encounter.pk}"


def _record(what: ActivityType, encounter: Encounter, *, viewer: Viewer, now: datetime, **props: Any) -> None:
    said = {"account": encounter.account_id, "kind": str(encounter.kind), **props}
    record(what, actor_id=viewer.member_id, object_type=TARGET, object_id=encounter.pk, at=now, props=said)
