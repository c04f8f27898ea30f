"""Read providers, identities, proven domains and the directory."""

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from kizuna.base.text.japanese import fold
from kizuna.core.community.settings import in_language
from kizuna.core.identities.models import (
    BreakGlass,
    CompanySignIn,
    DirectoryGroup,
    DirectoryUser,
    Identity,
    ProvenDomain,
    Provider,
)
from kizuna.core.identities.saml import IS_INSTALLED
from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.core.members.models.member import normalised_email

BY_BROWSER = (Provider.Kind.OIDC, Provider.Kind.SAML)  # the browser goes there and comes back
AT_ONCE = 2  # keys of a product, so that one takes the place of the other without a gap


def providers() -> list[Provider]:
    """Return every provider in the owner's order."""
    return list(Provider.objects.order_by("position", "id"))


def provider_for(provider_id: int) -> Provider:
    """Return a provider for its owner, or Http404."""
    found = Provider.objects.filter(pk=provider_id).first()
    if found is None:
        raise Http404
    return found


def works_by_browser(provider: Provider) -> bool:
    """Tell whether the browser can be sent to a provider: SAML only where its extra is installed."""
    return provider.is_on and provider.kind in BY_BROWSER and (IS_INSTALLED or provider.kind != Provider.Kind.SAML)


def open_provider(slug: str, *, kind: str | tuple[str, ...]) -> Provider:
    """Return a provider of the kind, or of one of them, that is switched on, or Http404."""
    kinds = (kind,) if isinstance(kind, str) else kind
    found = Provider.objects.filter(slug=slug, kind__in=kinds, is_on=True).first()
    if found is None:
        raise Http404
    return found


def open_products() -> list[Provider]:
    """Return the products whose tokens let people in."""
    return list(Provider.objects.filter(kind=Provider.Kind.JWT, is_on=True).prefetch_related("keys").order_by("id"))


def name_of(provider: Provider, language: str) -> str:
    """Return what a provider is called."""
    return in_language(provider.label, language) or provider.slug


def identity_of(provider: Provider, subject: str) -> Identity | None:
    """Return who somebody at a provider is here: by provider and subject, and by nothing else."""
    return Identity.objects.select_related("member", "provider").filter(provider=provider, subject=subject).first()


def identities_of(member_id: int) -> list[Identity]:
    """Return the company accounts that are joined to a member."""
    return list(Identity.objects.filter(member_id=member_id).select_related("provider").order_by("id"))


def identities_at(provider: Provider, *, text: str = "") -> QuerySet[Identity]:
    """Return the people of a provider for its owner, who came last first; `text` is looked for in names and subjects."""
    found = (
        Identity.objects.filter(provider=provider).select_related("member", "provider").order_by("-last_used_at", "-id")
    )
    if not text:
        return found
    return found.filter(
        Q(subject=text) | Q(person_id=text) | Q(customer_id=text) | Q(member__search_text__contains=fold(text))
    )


def last_identity(provider: Provider) -> Identity | None:
    """Return whoever signed in last by a provider, for the preview of its mapping."""
    return Identity.objects.filter(provider=provider).select_related("member").order_by("-last_used_at").first()


def identity_counts() -> dict[int, int]:
    """Return how many people each provider has here."""
    found: dict[int, int] = {}
    for provider_id in Identity.objects.values_list("provider_id", flat=True).iterator(chunk_size=2_000):
        found[provider_id] = found.get(provider_id, 0) + 1
    return found


def domains_of(provider: Provider) -> list[ProvenDomain]:
    """Return the domains that a provider claims, proven or not."""
    return list(provider.proven_domains.order_by("domain"))


def speaks_for(provider: Provider, domain: str) -> bool:
    """Tell whether DNS says that this provider speaks for the addresses of a domain: the whole domain, not one above it."""
    return (
        bool(domain)
        and ProvenDomain.objects.filter(provider=provider, domain=domain, verified_at__isnull=False).exists()
    )


def has_other_proof(member: Member) -> bool:
    """Tell whether a member could show who they are by more than their address, or has a role worth taking."""
    if _has_password(member) or RoleGrant.objects.filter(member=member).exists():
        return True
    if Authenticator.objects.filter(user_id=member.pk).exists():
        return True
    return Identity.objects.filter(member=member).exists()


def forcing() -> list[Provider]:
    """Return the providers that somebody has to use."""
    return list(Provider.objects.filter(is_on=True).exclude(forced=Provider.Forced.NOBODY).order_by("position", "id"))


def forced_on(member: Member) -> list[Provider]:
    """Return the providers one of which this member has to use; none when every way is open."""
    found = forcing()
    if not found:
        return []
    own = set(Identity.objects.filter(member=member, provider__in=found).values_list("provider_id", flat=True))
    named = {provider.pk for provider in forced_on_address(member.email)}
    return [provider for provider in found if provider.pk in own | named]


def forced_on_address(email: str) -> list[Provider]:
    """Return the providers that whoever has this address must use, as far as the address alone tells."""
    found = forcing()
    if not found:
        return []
    domain = normalised_email(email).rpartition("@")[2]
    spoken = set(
        ProvenDomain.objects.filter(domain=domain, verified_at__isnull=False).values_list("provider_id", flat=True)
    )
    return [item for item in found if item.forced == Provider.Forced.EVERYBODY or item.pk in spoken]


def breaks_glass(member: Member) -> bool:
    """Tell whether a member is an owner who comes in by password and authenticator app whatever is forced."""
    return (
        BreakGlass.objects.filter(member=member).exists()
        and RoleGrant.objects.filter(member=member, role=Role.OWNER).exists()
        and has_two_steps(member)
    )


def has_two_steps(member: Member) -> bool:
    """Tell whether a member has a password and an authenticator app."""
    apps = Authenticator.objects.filter(user_id=member.pk, type=Authenticator.Type.TOTP)
    return _has_password(member) and apps.exists()


def glass_breakers() -> list[BreakGlass]:
    """Return the owners named for the day on which the provider does not work."""
    return list(BreakGlass.objects.select_related("member").order_by("id"))


def owners() -> QuerySet[Member]:
    """Return the owners."""
    held = RoleGrant.objects.filter(role=Role.OWNER).values("member_id")
    return Member.objects.filter(pk__in=held, state=Member.State.ACTIVE, is_system=False).order_by("id")


def company_sign_in(sign_in_id: int) -> CompanySignIn | None:
    """Return by which identity a sign-in came, None when it came another way."""
    return CompanySignIn.objects.select_related("identity__provider").filter(sign_in_id=sign_in_id).first()


def sign_ins_by(provider: Provider, *, subject: str, sid: str) -> list[int]:
    """Return the sign-ins that a logout token means: those of its `sid`, else all of its subject."""
    found = CompanySignIn.objects.filter(identity__provider=provider)
    if subject:
        found = found.filter(identity__subject=subject)
    if sid:
        found = found.filter(sid=sid)
    return list(found.values_list("sign_in_id", flat=True))


def sign_ins_of_identity(identity: Identity) -> list[int]:
    """Return the sign-ins that came by an identity."""
    return list(CompanySignIn.objects.filter(identity=identity).values_list("sign_in_id", flat=True))


def directory_users() -> QuerySet[DirectoryUser]:
    """Return everybody whom the directory keeps."""
    return DirectoryUser.objects.select_related("member").order_by("id")


def directory_groups() -> QuerySet[DirectoryGroup]:
    """Return the directory's groups."""
    return DirectoryGroup.objects.select_related("audience").order_by("id")


def groups_with_sizes() -> list[tuple[DirectoryGroup, int]]:
    """Return the directory's groups with how many are in each, by name."""
    found = directory_groups().annotate(size=Count("memberships")).order_by("name_key")
    return [(row, row.size) for row in found]


def domains_to_check() -> list[ProvenDomain]:
    """Return the domains whose record is looked up again."""
    return list(
        ProvenDomain.objects.filter(Q(verified_at__isnull=False) | Q(missing_since__isnull=False)).order_by("id")
    )


def _has_password(member: Member) -> bool:
    return bool(member.password) and member.has_usable_password()
