"""What members change about themselves."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text.lines import one_line
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.community.screening import screen
from kizuna.core.members import policies, queries, signin
from kizuna.core.members.actions.accounts import describe, require_free_handle
from kizuna.core.members.actions.sign_ins import sign_out_everywhere
from kizuna.core.members.activities import EMAIL_CHANGED, HANDLE_CHANGED, PROFILE_CHANGED
from kizuna.core.members.models import HandleReservation, Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF, Viewer

PROFILE_AUDIENCES = (PUBLIC, MEMBERS, STAFF)
SHOWN = (
    "name", "kana", "company", "bio", "audience", "handle", "avatar_key", "reading", "search_text", "card_version",
)  # fmt: skip


@transaction.atomic
def change_profile(
    *, viewer: Viewer, name: str, kana: str, company: str, bio: str, audience_id: int, now: datetime
) -> Member:
    """Change what others see of the viewer. Raises Refused naming the field at fault."""
    member = _own(viewer)
    require(audience_id in PROFILE_AUDIENCES, _("Please choose who may see the profile."))
    screened = {
        field: screened_line(viewer, field, text)
        for field, text in {"name": name, "kana": kana, "company": company}.items()
    }
    screened["bio"] = screened_text(viewer, "bio", bio)
    if not screened["name"]:
        raise Refused(_("Please enter a name."), field="name")
    for field, text in screened.items():
        setattr(member, field, text)
    member.audience_id = audience_id
    _save_shown(member)
    record(PROFILE_CHANGED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now)
    return member


@transaction.atomic
def note_profile(*, viewer: Viewer, member_id: int, said: dict[str, str], now: datetime) -> bool:
    """Store name, reading or company as somebody who knows says them; what is not said stays. Return whether it changed."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    member = Member.objects.select_for_update(of=("self",)).get(pk=member_id, is_system=False)
    wanted = {
        field: screened_line(viewer, field, text[: Member._meta.get_field(field).max_length])  # type: ignore[union-attr]
        for field, text in said.items()
        if field in ("name", "kana", "company") and one_line(text)
    }
    changed = {field: text for field, text in wanted.items() if text and text != getattr(member, field)}
    if not changed or member.state == Member.State.ERASED:
        return False
    for field, text in changed.items():
        setattr(member, field, text)
    _save_shown(member)
    record(PROFILE_CHANGED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now)
    return True


def note_external_id(*, member_id: int, external_id: str) -> None:
    """Keep the number under which another system knows a member who has none yet. Somebody else's number changes nothing."""
    try:
        with transaction.atomic():
            Member.objects.filter(pk=member_id, external_id="").update(external_id=external_id[:120])
    except IntegrityError:
        return


@transaction.atomic
def note_address(*, viewer: Viewer, member_id: int, email: str, now: datetime) -> None:
    """Store the address that the company's directory gives a member. Every sign-in ends: it may be another person's now."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    member = Member.objects.select_for_update(of=("self",)).get(pk=member_id, is_system=False)
    if member.email_key == normalised_email(email):
        return
    if queries.member_by_email(email) is not None:
        raise Refused(_("A member with this address exists already."), field="email", code="email_taken")
    Member.objects.filter(pk=member_id).update(email=email.strip(), email_key=normalised_email(email))
    sign_out_everywhere(member_id=member_id, now=now)
    record(EMAIL_CHANGED, actor_id=viewer.member_id, object_type="member", object_id=member_id, at=now)


@transaction.atomic
def change_handle(*, viewer: Viewer, handle: str, now: datetime) -> Member:
    """Give the viewer another handle. The old one stays theirs, so that old links lead to the same person."""
    member = _own(viewer)
    before = member.handle
    if handle == before:
        return member
    require_free_handle(handle, own_id=member.pk)
    HandleReservation.objects.filter(handle=handle, member=member).delete()
    HandleReservation.objects.get_or_create(handle=before, defaults={"member": member, "reserved_at": now})
    member.handle = handle
    try:
        with transaction.atomic():
            _save_shown(member)
    except IntegrityError:  # somebody was faster
        raise Refused(_("This handle is taken. Please choose another one."), field="handle") from None
    record(
        HANDLE_CHANGED,
        actor_id=member.pk,
        object_type="member",
        object_id=member.pk,
        at=now,
        props={"before": before, "after": handle},
    )
    return member


@transaction.atomic
def set_avatar(*, viewer: Viewer, key: str, now: datetime) -> None:
    """Show the stored file `key` as the viewer's picture, or none for ""."""
    member = _own(viewer)
    member.avatar_key = key
    _save_shown(member)
    record(PROFILE_CHANGED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now)


def change_preferences(*, viewer: Viewer, language: str = "", theme: str | None = None) -> None:
    """Change the viewer's language or theme; what is not given stays."""
    policies.require_sign_in(viewer)
    wanted: dict[str, Any] = {}
    if language in ("ja", "en"):
        wanted["language"] = language
    if theme in ("", "light", "dark"):
        wanted["theme"] = theme
    if wanted:
        Member.objects.filter(pk=viewer.own_id).update(**wanted)
        signin.forget_member(viewer.own_id)


@transaction.atomic
def change_email(*, viewer: Viewer, email: str, now: datetime) -> str:
    """Take a proven address as the viewer's own and return the one before. Other devices are signed out by the caller."""
    member = _own(viewer)
    before = member.email
    other = queries.member_by_email(email)
    if other is not None and other.pk != member.pk:
        raise Refused(_("A member with this address exists already."), field="email", code="email_taken")
    member.email, member.email_key = email.strip(), normalised_email(email)
    try:
        with transaction.atomic():
            member.save(update_fields=["email", "email_key"])
    except IntegrityError:
        raise Refused(_("A member with this address exists already."), field="email", code="email_taken") from None
    signin.forget_member(member.pk)
    record(EMAIL_CHANGED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now)
    return before


def screened_line(viewer: Viewer, field: str, text: str) -> str:
    """Return a line of a profile with masked words, or raise Refused: nothing here waits for a moderator."""
    return screened_text(viewer, field, one_line(text))


def screened_text(viewer: Viewer, field: str, text: str) -> str:
    """Return a text of a profile, which may have several lines, with masked words, or raise Refused."""
    verdict = screen(text=text.strip(), viewer=viewer)
    if word := verdict.refused_for or verdict.held_for:
        raise Refused(_("The word “%(word)s” cannot be used here.") % {"word": word}, field=field, code="word")
    return verdict.text


def _save_shown(member: Member) -> None:
    """Save what others see, and let everything that shows it be drawn again."""
    describe(member)
    member.card_version += 1
    member.save(update_fields=SHOWN)
    signin.forget_member(member.pk)
    bump_generation(CONTENT)


def _own(viewer: Viewer) -> Member:
    policies.require_sign_in(viewer)
    require(policies.can_act(viewer), _("You may not do this."))
    return Member.objects.select_for_update().get(pk=viewer.own_id)
