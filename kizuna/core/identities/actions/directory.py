"""What the company's directory says of people (SCIM): made, changed, ended. It never touches owners.

The directory decides who is in. It takes over a member who is here already only where DNS proves the domain of their
address, and gives a member another address only if it made them, or the new address is on a proven domain.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.audit import actions as audit
from kizuna.core.identities.activities import DIRECTORY_CHANGED
from kizuna.core.identities.models import DirectoryUser, ProvenDomain
from kizuna.core.members import actions as members
from kizuna.core.members import queries as member_queries
from kizuna.core.members.models import Member, Role, RoleGrant, Suspension
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused

UNIQUE, OWNER = "uniqueness", "owner"


@dataclass(frozen=True)
class Entry:
    """A person as the directory writes them down."""

    user_name: str
    external_id: str = ""
    is_active: bool = True
    email: str = ""
    name: str = ""
    language: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def provision_user(*, entry: Entry, actor_id: int | None, now: datetime) -> DirectoryUser:
    """Make a member, or take one over, for a new person of the directory. Raises Refused (`uniqueness`, `owner`)."""
    _require_free(entry, own_id=0)
    member = member_queries.member_by_email(entry.email)
    is_new = member is None or member.is_imported
    if member is None or is_new:
        member = _made(entry, now=now)
    else:
        _require_may_take_over(member, entry)
    try:
        with transaction.atomic():
            row = DirectoryUser.objects.create(
                member=member, user_name=entry.user_name, user_name_key=_key(entry.user_name),
                external_id=entry.external_id, is_made_here=is_new, is_active=True, extra=entry.extra,
                created_at=now, changed_at=now,
            )  # fmt: skip
    except IntegrityError:  # somebody was faster
        raise _taken() from None
    _note("added", row, actor_id=actor_id, now=now)
    if not entry.is_active:
        _end(row, actor_id=actor_id, now=now)
    return row


@transaction.atomic
def change_user(*, row: DirectoryUser, entry: Entry, actor_id: int | None, now: datetime) -> DirectoryUser:
    """Take what the directory says now. Whoever it deactivates is signed out everywhere at once."""
    row = DirectoryUser.objects.select_for_update(of=("self",)).select_related("member").get(pk=row.pk)
    _require_free(entry, own_id=row.pk)
    _require_not_owner(row.member)
    if entry.email and normalised_email(entry.email) != row.member.email_key:
        if not row.is_made_here and not _is_proven(entry.email):
            raise Refused(_("The domain of this address is not proven."), field="emails", code="domain")
        members.note_address(viewer=members.system_viewer(), member_id=row.member_id, email=entry.email, now=now)
    if entry.name:
        said = {"name": entry.name}
        members.note_profile(viewer=members.system_viewer(), member_id=row.member_id, said=said, now=now)
    row.user_name, row.user_name_key = entry.user_name, _key(entry.user_name)
    row.external_id, row.extra, row.changed_at = entry.external_id, entry.extra, now
    row.save()
    if row.is_active and not entry.is_active:
        _end(row, actor_id=actor_id, now=now)
    elif entry.is_active and not row.is_active:
        _begin_again(row, actor_id=actor_id, now=now)
    return row


@transaction.atomic
def remove_user(*, row: DirectoryUser, actor_id: int | None, now: datetime) -> None:
    """Let a person go out of the directory: the member is suspended, and what they wrote stays."""
    row = DirectoryUser.objects.select_for_update(of=("self",)).select_related("member").get(pk=row.pk)
    _require_not_owner(row.member)
    if row.is_active:
        _end(row, actor_id=actor_id, now=now)
    _note("removed", row, actor_id=actor_id, now=now)
    row.delete()


def _made(entry: Entry, *, now: datetime) -> Member:
    name = entry.name or entry.user_name.partition("@")[0][:80] or "member"
    person = members.Person(name=name, handle=members.free_handle(name=name), language=entry.language or "ja")
    return members.provision(viewer=members.system_viewer(), email=entry.email, person=person, now=now)


def _require_free(entry: Entry, *, own_id: int) -> None:
    if not _key(entry.user_name):
        raise Refused(_("A name to sign in with is missing."), field="userName")
    others = DirectoryUser.objects.exclude(pk=own_id)
    if others.filter(user_name_key=_key(entry.user_name)).exists():
        raise _taken()
    if entry.external_id and others.filter(external_id=entry.external_id).exclude(external_id="").exists():
        raise _taken()


def _require_may_take_over(member: Member, entry: Entry) -> None:
    _require_not_owner(member)
    if DirectoryUser.objects.filter(member=member).exists() or not _is_proven(entry.email):
        raise _taken()


def _require_not_owner(member: Member) -> None:
    if RoleGrant.objects.filter(member=member, role=Role.OWNER).exists():
        raise Refused(_("Owners are not kept by the directory."), code=OWNER)


def _is_proven(email: str) -> bool:
    domain = normalised_email(email).rpartition("@")[2]
    return ProvenDomain.objects.filter(domain=domain, verified_at__isnull=False).exists()


def _end(row: DirectoryUser, *, actor_id: int | None, now: datetime) -> None:
    DirectoryUser.objects.filter(pk=row.pk).update(is_active=False)
    row.is_active = False
    if Member.objects.filter(pk=row.member_id, state=Member.State.ACTIVE).exists():
        reason = str(_("Deactivated in the company's directory"))
        members.suspend_member(viewer=members.system_viewer(), member_id=row.member_id, reason=reason, now=now)
    _note("ended", row, actor_id=actor_id, now=now)


def _begin_again(row: DirectoryUser, *, actor_id: int | None, now: datetime) -> None:
    """Let somebody in again whom the directory had ended; who was suspended by a person stays out."""
    DirectoryUser.objects.filter(pk=row.pk).update(is_active=True)
    row.is_active = True
    system = member_queries.system_member().pk
    if Suspension.objects.filter(member_id=row.member_id, lifted_at__isnull=True, by_id=system).exists():
        members.restore_member(viewer=members.system_viewer(), member_id=row.member_id, now=now)
    _note("begun_again", row, actor_id=actor_id, now=now)


def _note(what: str, row: DirectoryUser, *, actor_id: int | None, now: datetime) -> None:
    audit.note(
        f"directory.{what}", actor_id=actor_id, subject=("member", row.member_id), detail={"entry": row.pk}, now=now
    )
    record(
        DIRECTORY_CHANGED,
        actor_id=actor_id,
        object_type="member",
        object_id=row.member_id,
        at=now,
        props={"what": what},
    )


def _taken() -> Refused:
    return Refused(_("There is somebody with this name, number or address already."), code=UNIQUE)


def _key(user_name: str) -> str:
    return user_name.strip().lower()
