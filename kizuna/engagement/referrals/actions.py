"""Make and switch links, note who came by whom, let people decide on their name."""

import re
import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import add_up
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import change_setting, log_manager_action
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.referrals import activities, policies, queries
from kizuna.engagement.referrals.models import Referral, ReferralChange, ReferralLink, ReferralVisitDay
from kizuna.engagement.referrals.settings import IS_ON, SHARE_TEXT

# No letter that is taken for another when it is read aloud or typed.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE = re.compile(rf"[{LETTERS}]{{10}}")
LONGEST_TEXT = 1000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@transaction.atomic
def make_link(*, viewer: Viewer, now: datetime) -> ReferralLink:
    """Make one's link, or renew it: the old one leads to nobody from now on."""
    require(policies.can_refer(viewer) and queries.is_on(), _("Referring is switched off at the moment."))
    Member.objects.select_for_update(of=("self",)).get(pk=viewer.own_id)
    link = ReferralLink.objects.filter(member_id=viewer.own_id).first()
    if link is None:
        link = ReferralLink.objects.create(member_id=viewer.own_id, code=_free_code(), created_at=now)
    else:
        require(link.is_on, _("Your link was switched off. Please ask the team."))
        link.code, link.renewed_at = _free_code(), now
        link.save(update_fields=["code", "renewed_at"])
    record(activities.LINK_MADE, actor_id=viewer.member_id, object_type="referral_link", object_id=link.pk, at=now)
    return link


@transaction.atomic
def switch_link(*, viewer: Viewer, link: ReferralLink, is_on: bool, now: datetime) -> None:
    """Switch a member's link off or on."""
    require(policies.can_switch(viewer), _("Only owners and admins may do this."))
    ReferralLink.objects.filter(pk=link.pk).update(is_on=is_on)
    record(
        activities.LINK_SWITCHED, actor_id=viewer.member_id, object_type="referral_link", object_id=link.pk, at=now,
        props={"is_on": is_on},
    )  # fmt: skip
    log_manager_action(
        "referral.link_switched", member_id=viewer.member_id, subject=f"member:{link.member_id}", after=is_on, now=now
    )


@transaction.atomic
def change_referring(*, viewer: Viewer, is_on: bool, share_text: dict[str, str], now: datetime) -> None:
    """Switch referring on or off for all, and write what members share."""
    require(policies.can_switch(viewer), _("Only owners and admins may do this."))
    for language in ("ja", "en"):
        if len(share_text.get(language, "")) > LONGEST_TEXT:
            raise Refused(_("This is too long."), field=f"text_{language}")
    change_setting(IS_ON, value=is_on, member_id=viewer.member_id, now=now)
    change_setting(SHARE_TEXT, value=share_text, member_id=viewer.member_id, now=now)


@transaction.atomic
def count_visit(*, code: str, now: datetime) -> None:
    """Count that a browser opened a link; a code that leads to nobody counts nothing."""
    link = queries.open_link(code)
    if link is not None:
        add_up(ReferralVisitDay, [(link.pk, local_day(now), 1)], unique=("link", "day"), sums=("count",))


@transaction.atomic
def credit_link(*, member: Member, code: str, now: datetime) -> Referral | None:
    """Note that a new member came by a link. The first counts; one's own, and one that closes a circle, do not."""
    link = queries.open_link(code) if CODE.fullmatch(code) else None
    if link is None or link.member_id == member.pk or Referral.objects.filter(member=member).exists():
        return None
    if member.pk in queries.chain_above(link.member_id):
        return None
    return _note(member, link.member, how=Referral.How.LINK, reason="", by_id=None, now=now)


@transaction.atomic
def set_referrer(*, viewer: Viewer, member: Member, referrer: Member | None, reason: str, now: datetime) -> Referral:
    """Say by whom a member came, or that it was nobody, with a reason; what it was before stays readable."""
    require(policies.can_set_referrer(viewer), _("Only the team may set this."))
    reason = " ".join(_CONTROLS.sub(" ", reason).split())
    if not reason or len(reason) > 400:
        raise Refused(_("Please give a reason of at most 400 characters."), field="reason")
    # One at a time: a circle over several changes at once would be seen by none of them.
    Member.objects.select_for_update(of=("self",)).get(is_system=True)
    if referrer is not None:
        if referrer.pk == member.pk:
            raise Refused(_("Nobody can be their own referrer."), field="referrer")
        if referrer.is_system or referrer.state == Member.State.ERASED:
            raise Refused(_("There is no such member."), field="referrer")
        if member.pk in queries.chain_above(referrer.pk):
            raise Refused(_("This would close a circle: the referrer came by this member."), field="referrer")
    return _note(member, referrer, how=Referral.How.STAFF, reason=reason, by_id=viewer.member_id, now=now)


@transaction.atomic
def decide_name(*, viewer: Viewer, shows_name: bool, now: datetime) -> None:
    """Let one's referrer know one's name, or no longer."""
    require(policies.can_refer(viewer), _("Please sign in first."))
    changed = Referral.objects.filter(member_id=viewer.own_id).exclude(referrer=None)
    if changed.update(shows_name=shows_name, decided_at=now):
        record(
            activities.NAME_DECIDED, actor_id=viewer.member_id, object_type="member", object_id=viewer.member_id, at=now,
            props={"is_given": shows_name},
        )  # fmt: skip


@transaction.atomic
def erase_person(person: Member) -> int:
    """Take a person out: the link goes, and nobody is named as having come by or through them. Returns how many rows."""
    removed = ReferralLink.objects.filter(member=person).delete()[0]
    removed += Referral.objects.filter(member=person).delete()[0]
    removed += Referral.objects.filter(referrer=person).update(referrer=None, shows_name=False)
    # Reasons of a change away from them may name them as well.
    changes = ReferralChange.objects.filter(referrer=person)
    ReferralChange.objects.filter(referral_id__in=list(changes.values_list("referral_id", flat=True))).update(reason="")
    changes.update(referrer=None)
    ReferralChange.objects.filter(by=person).update(by=None)
    return removed


def _note(
    member: Member, referrer: Member | None, *, how: str, reason: str, by_id: int | None, now: datetime
) -> Referral:
    fields: dict[str, Any] = {"referrer": referrer, "how": how}
    referral = Referral.objects.select_for_update(of=("self",)).filter(member=member).first()
    if referral is None:
        referral = Referral.objects.create(member=member, created_at=now, **fields)
    else:
        # Who was told of a name is somebody else now: the person decides anew.
        Referral.objects.filter(pk=referral.pk).update(**fields, shows_name=False, decided_at=None)
        referral.refresh_from_db()
    ReferralChange.objects.create(referral=referral, referrer=referrer, how=how, reason=reason, by_id=by_id, at=now)
    record(
        activities.REFERRED, actor_id=by_id or member.pk, object_type="member", object_id=member.pk, at=now,
        props={"referrer": referrer.pk if referrer else None, "how": str(how)},
    )  # fmt: skip
    return referral


def _free_code() -> str:
    for _turn in range(20):
        code = "".join(secrets.choice(LETTERS) for _letter in range(10))
        if not ReferralLink.objects.filter(code=code).exists():
            return code
    raise IntegrityError("no free code was found")
