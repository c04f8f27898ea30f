"""Whom a provider is forced on, and who comes in all the same when it does not work."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.audit import actions as audit
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import SITE
from kizuna.core.identities import queries
from kizuna.core.identities.actions.providers import require_owner
from kizuna.core.identities.models import BreakGlass, Provider
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def force(*, viewer: Viewer, provider: Provider, forced: str, now: datetime) -> None:
    """Force a provider on nobody, its own people or everybody. Somebody must be able to come in when it does not work."""
    require_owner(viewer)
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    require(forced in Provider.Forced.values, _("There is no such choice."))
    if forced != Provider.Forced.NOBODY:
        require(provider.is_on, _("Please switch the provider on first."))
        _require_a_way_back()
        if not queries.last_identity(provider):
            raise Refused(_("Nobody has signed in by this provider yet. Please try it yourself first."))
    before = provider.forced
    Provider.objects.filter(pk=provider.pk).update(forced=forced)
    log_manager_action(
        "provider.forced",
        member_id=viewer.member_id,
        subject=f"provider:{provider.pk}",
        before=before,
        after=forced,
        now=now,
    )
    bump_generation(SITE)


@transaction.atomic
def name_glass_breaker(*, viewer: Viewer, member: Member, now: datetime) -> None:
    """Name an owner who comes in by password and authenticator app whatever is forced."""
    require_owner(viewer)
    require(queries.owners().filter(pk=member.pk).exists(), _("Only owners can be named."))
    if not queries.has_two_steps(member):
        raise Refused(_("%(name)s needs a password and an authenticator app first.") % {"name": member.name})
    _row, is_new = BreakGlass.objects.get_or_create(
        member=member, defaults={"named_by_id": viewer.member_id, "named_at": now}
    )
    if is_new:
        log_manager_action("break_glass.named", member_id=viewer.member_id, subject=f"member:{member.pk}", now=now)


@transaction.atomic
def unname_glass_breaker(*, viewer: Viewer, member_id: int, now: datetime) -> None:
    """Take the name back; while something is forced one stays."""
    require_owner(viewer)
    list(BreakGlass.objects.select_for_update().order_by("pk"))  # two at once must not take both away
    removed, _details = BreakGlass.objects.filter(member_id=member_id).delete()
    if not removed:
        return
    if queries.forcing():
        _require_a_way_back()
    log_manager_action("break_glass.unnamed", member_id=viewer.member_id, subject=f"member:{member_id}", now=now)


@transaction.atomic
def note_glass_broken(*, member: Member, now: datetime) -> None:
    """Write down that an owner came in beside the provider that is forced on them."""
    BreakGlass.objects.filter(member=member).update(last_used_at=now)
    audit.note("sign_in.break_glass", actor_id=member.pk, subject=("member", member.pk), now=now)


def _require_a_way_back() -> None:
    if not any(queries.breaks_glass(row.member) for row in queries.glass_breakers()):
        raise Refused(
            _("First name an owner who can come in by password and authenticator app when the provider is down.")
        )
