"""Make members: by command, by import, and as the last step of joining."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text.lines import one_line
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import CONTENT
from kizuna.core.members import naming, policies, queries
from kizuna.core.members.actions.sign_ins import sign_out_everywhere
from kizuna.core.members.activities import MEMBER_JOINED
from kizuna.core.members.models import HandleReservation, Member, RoleGrant
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

IMPORT_CHUNK = 1_000


def system_viewer() -> Viewer:
    """Return the viewer as whom automated work, commands and imports act."""
    return queries.viewer_of(queries.system_member())


@transaction.atomic
def make_member(
    *,
    viewer: Viewer,
    email: str,
    handle: str,
    now: datetime,
    name: str = "",
    kana: str = "",
    company: str = "",
    language: str = "ja",
    roles: Iterable[str] = (),
    password: str | None = None,
) -> Member:
    """Make a member whose address the viewer vouches for, with roles. Raises Refused naming the field at fault."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    wanted = list(dict.fromkeys(roles))
    require(all(policies.can_grant(viewer, role) for role in wanted), _("You may not give this role."))
    member = add_member(
        email=email, handle=handle, name=name or handle, kana=kana, company=company, language=language, now=now
    )
    if password is not None:
        member.set_password(password)
        Member.objects.filter(pk=member.pk).update(password=member.password)
    RoleGrant.objects.bulk_create(
        [RoleGrant(member=member, role=role, granted_by_id=viewer.member_id, granted_at=now) for role in wanted]
    )
    record(
        MEMBER_JOINED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now, props={"how": "command"}
    )
    log_manager_action(
        "member.made", member_id=viewer.member_id, subject=f"member:{member.pk}", after={"roles": wanted}, now=now
    )
    bump_generation(CONTENT)
    return member


def add_member(
    *, email: str, handle: str, name: str, now: datetime, kana: str = "", company: str = "", **fields: Any
) -> Member:
    """Write the row of a new member with an unusable password. Called inside the transaction of the whole act."""
    email = email.strip()
    require_free_handle(handle)
    if normalised_email(email) and queries.member_by_email(email):
        raise Refused(_("A member with this address exists already."), field="email", code="email_taken")
    member = Member(
        email=email,
        email_key=normalised_email(email),
        handle=handle,
        name=one_line(name) or handle,
        kana=one_line(kana),
        company=one_line(company),
        hue=naming.hue_of(handle),
        joined_at=now,
        **{"state": Member.State.ACTIVE, **fields},
    )
    describe(member)
    member.set_unusable_password()
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:  # somebody was faster
        raise Refused(_("This handle or address has just been taken."), field="handle", code="taken") from None
    return member


def describe(member: Member) -> None:
    """Set the fields that are worked out of names. Does not save."""
    member.reading = naming.reading_of(name=member.name, kana=member.kana)
    member.search_text = naming.search_text_of(
        name=member.name, kana=member.kana, handle=member.handle, company=member.company
    )


def require_free_handle(handle: str, *, own_id: int = 0) -> None:
    """Raise Refused unless the handle is well formed and nobody has or had it (but the member themselves)."""
    if not naming.is_valid_handle(handle):
        reason = _("Use 2 to 30 small letters, digits or underscores that are not a reserved word.")
        raise Refused(reason, field="handle", code="handle_bad")
    taken = Member.objects.filter(handle=handle).exclude(pk=own_id).exists()
    reserved = HandleReservation.objects.filter(handle=handle).exclude(member_id=own_id).exists()
    if taken or reserved:
        raise Refused(_("This handle is taken. Please choose another one."), field="handle", code="handle_taken")


def free_handle(*, name: str, kana: str = "") -> str:
    """Return a handle that is free now, made of the name where it has Latin letters or a reading."""
    wish = naming.handle_from(name, kana) or "member"
    for attempt in range(8):
        suffix = "" if attempt == 0 and wish != "member" else str(secrets.randbelow(10 ** (3 + attempt // 2)))
        candidate = wish[: naming.MAX_HANDLE - len(suffix)] + suffix
        try:
            require_free_handle(candidate)
        except Refused:
            continue
        return candidate
    return f"member{secrets.randbelow(10**12)}"


@transaction.atomic
def import_authors(*, viewer: Viewer, authors: Iterable[dict[str, Any]], now: datetime) -> dict[str, int]:
    """Make the authors of imported posts and return {external id: member id}; those known already are left alone.

    An author is `external_id` and `name`, and where known `handle`, `email`, `company`, `joined_at`. At most 1,000 a call.
    """
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    wanted = {author["external_id"]: author for author in authors}
    if len(wanted) > IMPORT_CHUNK:
        raise ValueError(f"At most {IMPORT_CHUNK} authors a call.")
    known = dict(Member.objects.filter(external_id__in=wanted).values_list("external_id", "pk"))
    new = [author for key, author in wanted.items() if key not in known]
    known |= _claimed_by_address(new)
    handles = _free_handles([author for author in new if author["external_id"] not in known])
    rows = [_imported_row(author, handle=handle, now=now) for author, handle in handles]
    Member.objects.bulk_create(rows)
    return known | {row.external_id: row.pk for row in rows}


def _claimed_by_address(authors: list[dict[str, Any]]) -> dict[str, int]:
    """An author whose address is a member's is that member."""
    by_key = {normalised_email(author.get("email", "")): author["external_id"] for author in authors}
    by_key.pop("", None)
    found = Member.objects.filter(email_key__in=by_key).values_list("email_key", "pk")
    return {by_key[key]: member_id for key, member_id in found}


def _free_handles(authors: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    wishes = [(author, naming.handle_from(author.get("handle") or author["name"]) or "author") for author in authors]
    taken = set(Member.objects.filter(handle__in=[wish for _author, wish in wishes]).values_list("handle", flat=True))
    taken |= set(
        HandleReservation.objects.filter(handle__in=[wish for _author, wish in wishes]).values_list("handle", flat=True)
    )
    found = []
    for author, wish in wishes:
        handle = wish
        while handle in taken or wish == "author":
            suffix = secrets.token_hex(4)
            handle = f"{wish[: naming.MAX_HANDLE - 9]}_{suffix}"
            if handle not in taken:
                break
        taken.add(handle)
        found.append((author, handle))
    return found


def _imported_row(author: dict[str, Any], *, handle: str, now: datetime) -> Member:
    member = Member(
        external_id=author["external_id"],
        handle=handle,
        name=(author["name"].strip() or handle)[:80],
        company=(author.get("company") or "")[:120],
        email=author.get("email") or "",
        email_key=normalised_email(author.get("email") or ""),
        hue=naming.hue_of(handle),
        joined_at=author.get("joined_at") or now,
        is_imported=True,
    )
    describe(member)
    member.set_unusable_password()
    return member


@transaction.atomic
def set_password(*, member: Member, password: str, now: datetime) -> None:
    """Store a checked password and end every sign-in of the member."""
    member.set_password(password)
    Member.objects.filter(pk=member.pk).update(password=member.password)
    sign_out_everywhere(member_id=member.pk, now=now)
