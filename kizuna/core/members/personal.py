"""What members hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt, PersonSource
from kizuna.core.members import queries
from kizuna.core.members.actions import forget_member_rows
from kizuna.core.members.models import ApiToken, Consent, Member, RoleGrant, SignIn, Suspension
from kizuna.core.members.models.member import normalised_email

SHORTEST_WORD = 3  # shorter names are parts of other words


def link(*, person: Person) -> Person:
    """Add nothing: who is a contact as well is known by customers."""
    return person


def describe(*, person: Person) -> Person:
    """Add the member's addresses, outside id and name."""
    member = Member.objects.filter(pk=person.member_id).first() if person.member_id else None
    if member is None:
        return person
    name = member.name if member.state != Member.State.ERASED else ""
    return person.joined(
        name=name,
        language=member.language,
        addresses={normalised_email(member.email)} - {""},
        external_ids={member.external_id} - {""},
        words={name} if len(name) >= SHORTEST_WORD else set(),
    )


def born_at(*, person: Person) -> str:
    """Return when the member joined: the row is never made again."""
    joined = Member.objects.filter(pk=person.member_id or 0, is_system=False).values_list("joined_at", flat=True)
    return next((moment.isoformat() for moment in joined), "")


def profile(*, person: Person) -> Iterator[Any]:
    """Yield the member's profile as one record."""
    for member in Member.objects.filter(pk=person.member_id or 0):
        yield {
            "handle": member.handle,
            "name": member.name,
            "kana": member.kana,
            "email": member.email,
            "company": member.company,
            "bio": member.bio,
            "language": member.language,
            "joined_at": member.joined_at,
            "last_seen_on": member.last_seen_on,
            "state": member.state,
            "roles": list(RoleGrant.objects.filter(member=member).values_list("role", flat=True)),
        }


def answers(*, person: Person) -> Iterator[Any]:
    """Yield what the member answered and may see."""
    for member in Member.objects.filter(pk=person.member_id or 0):
        for answer in queries.own_answers(member):
            yield {"key": answer.attribute.key, "value": answer.value}


def agreements(*, person: Person) -> Iterator[Any]:
    """Yield which versions of the terms were agreed to, and when."""
    for row in Consent.objects.filter(member_id=person.member_id or 0).select_related("document").order_by("at", "id"):
        yield {"kind": row.document.kind, "version": row.document.version, "at": row.at}


def sign_ins(*, person: Person) -> Iterator[Any]:
    """Yield sign-ins with their devices and addresses."""
    columns = ("method", "created_at", "last_seen_at", "address", "user_agent")
    yield from SignIn.objects.filter(member_id=person.member_id or 0).order_by("id").values(*columns)


def tokens(*, person: Person) -> Iterator[Any]:
    """Yield the member's API tokens, without the secret, which nobody has."""
    rows = ApiToken.objects.filter(member_id=person.member_id or 0).order_by("id")
    yield from rows.values("name", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at")


def suspensions(*, person: Person) -> Iterator[Any]:
    """Yield suspensions with the reason the team wrote."""
    rows = Suspension.objects.filter(member_id=person.member_id or 0).order_by("at", "id")
    yield from rows.values("at", "reason", "lifted_at")


def purposes(*, person: Person) -> Iterator[Any]:
    """Yield every yes and no to an optional use."""
    rows = queries.consents_of_person(person).order_by("at", "id")
    yield from rows.values("purpose", "is_given", "wording", "source", "note", "at")


SOURCE = PersonSource("member", link, describe, born_at)
PROFILE = PersonalData(
    "members.profile",
    _("Profile"),
    covers=(
        "members.HandleReservation.member", "members.RoleGrant.member", "members.AudienceMember.member",
        "members.JoinRequest.member", "mfa.Authenticator.user", "account.EmailAddress.user",
    ),
    collect=profile,
    erase=forget_member_rows,
    order=90,
    kept_because=_("What was agreed to, and that somebody was a member, is kept under no name as proof."),
)  # fmt: skip
ANSWERS = PersonalData("members.answers", _("Answers about oneself"), ("members.AttributeValue.member",), answers)
AGREEMENTS = PersonalData("members.agreements", _("Agreements"), ("members.Consent.member",), agreements)
PURPOSES = PersonalData("members.purposes", _("Consents by purpose"), ("members.PurposeConsent.member",), purposes)
SIGN_INS = PersonalData("members.sign_ins", _("Sign-ins"), ("members.SignIn.member",), sign_ins)
TOKENS = PersonalData("members.tokens", _("API tokens"), ("members.ApiToken.member",), tokens)
SUSPENSIONS = PersonalData(
    "members.suspensions",
    _("Suspensions"),
    ("members.Suspension.member",),
    suspensions,
    disclosure="withheld",
    withheld_because=_("Telling it would hinder the moderation of the community."),
)
BY_STAFF = PersonalExempt(
    "members.by_staff",
    covers=(
        "members.RoleGrant.granted_by", "members.InvitationBatch.created_by", "members.Invitation.invited_by",
        "members.Invitation.accepted_by", "members.JoinRequest.decided_by", "members.Suspension.by",
        "members.Suspension.lifted_by", "members.Erasure.by", "members.Erasure.member",
        "members.TermsDocument.published_by", "members.PurposeConsent.recorded_by",
    ),
    reason="Says which member acted; an erased member's row has no name any more.",
)  # fmt: skip
