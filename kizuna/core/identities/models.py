"""Providers, who their people are here, sign-ins under way, and the directory."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Provider(models.Model):
    """Who says who somebody is: an OpenID or SAML provider of the company, or the company's own product with a key."""

    class Kind(models.TextChoices):
        OIDC = "oidc"
        JWT = "jwt"
        SAML = "saml"

    class Joining(models.TextChoices):
        NOBODY = "nobody"  # only who is a member already
        COMMUNITY = "community"  # as the community's own rule says

    class Forced(models.TextChoices):
        NOBODY = "nobody"
        OWN = "own"  # those of its proven domains, and whoever has an identity of it
        EVERYBODY = "everybody"

    # Stands in addresses and in what the provider has been told, so it never changes.
    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.JSONField(default=dict)
    is_on = models.BooleanField(default=False)
    issuer = models.CharField(max_length=300, blank=True, default="")
    client_id = models.CharField(max_length=300, blank=True, default="")
    sealed_secret = models.TextField(blank=True, default="")
    scopes = models.CharField(max_length=200, blank=True, default="openid email profile")
    # As last read from the issuer: endpoints and what it can do, and its public keys.
    metadata = models.JSONField(default=dict)
    metadata_at = models.DateTimeField(null=True)
    key_set = models.JSONField(default=dict)
    key_set_at = models.DateTimeField(null=True)
    # {"name": "name", "company": "org.name", "customer_id": "…", "attribute:KEY": "…"}: ours → a claim's path.
    mapping = models.JSONField(default=dict)
    joining = models.CharField(max_length=10, choices=Joining.choices, default=Joining.COMMUNITY)
    # Only addresses of these domains join by it; empty: any.
    domains = models.JSONField(default=list)
    is_trusted_for_addresses = models.BooleanField(default=False)
    asks_second_step = models.BooleanField(default=False)
    # SAML: the provider may send people in whom nobody here asked for.
    allows_unasked = models.BooleanField(default=False)
    forced = models.CharField(max_length=10, choices=Forced.choices, default=Forced.NOBODY)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class ProviderKey(models.Model):
    """A key with which the product signs its tokens: a shared secret (sealed) or a public key. Two at a time."""

    class Algorithm(models.TextChoices):
        HS256 = "HS256"
        RS256 = "RS256"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="keys")
    kid = models.CharField(max_length=40)
    algorithm = models.CharField(max_length=10, choices=Algorithm.choices)
    sealed = models.TextField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "kid"], name="provider_key_once")]


class ProvenDomain(models.Model):
    """A mail domain, the provider that speaks for it, and when DNS said so."""

    domain = models.CharField(max_length=253, unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="proven_domains")
    # What has to stand in DNS; public by nature.
    token = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    # The record was missing since; after a while the domain counts as unproven again.
    missing_since = models.DateTimeField(null=True)


class Identity(models.Model):
    """A person at a provider, and the member they are here."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=255)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=20)  # joined, proven_domain, both_proofs, own_page
    person_id = models.CharField(max_length=120, blank=True, default="")
    customer_id = models.CharField(max_length=120, blank=True, default="")
    # What the provider said at the last sign-in, cut to a size.
    claims = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["provider", "member"], name="identity_member_once"),
        ]


class Attempt(models.Model):
    """A sign-in under way at a provider. Using it deletes it; nobody but the browser that began it can."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    state_hash = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    sealed_verifier = models.TextField()
    next = models.CharField(max_length=2000, blank=True, default="")
    # Set when a signed-in member joins the identity to themselves.
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="attempt_age")]


class CompanySignIn(models.Model):
    """Which sign-in came by which identity, so that the provider can end it."""

    sign_in = models.OneToOneField("members.SignIn", on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    sid = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["identity", "sid"], name="company_sign_in_sid")]


class UsedToken(models.Model):
    """Something that is good once was used: kept until it would have run out by itself."""

    key_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)


class Ticket(models.Model):
    """A link that is good once: what a product's server got for a token."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    sealed_claims = models.TextField()
    next = models.CharField(max_length=2000, blank=True, default="")
    expires_at = models.DateTimeField(db_index=True)


class BreakGlass(models.Model):
    """An owner who comes in by password and authenticator app when the provider does not work."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    named_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class DirectoryUser(models.Model):
    """A member as the company's directory knows them (SCIM)."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    user_name = models.CharField(max_length=254)
    user_name_key = models.CharField(max_length=254, unique=True)
    external_id = models.CharField(max_length=255, blank=True, default="")
    # The directory made the member; an adopted one keeps more of their own.
    is_made_here = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # What the directory said and nothing here needs: given back as it came.
    extra = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="directory_user_external_once", condition=~Q(external_id="")
            )
        ]


class DirectoryGroup(models.Model):
    """A group of the directory: the hand-made audience that it fills, and the role that it gives, if any."""

    display_name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, unique=True)
    external_id = models.CharField(max_length=255, blank=True, default="")
    audience = models.OneToOneField("members.Audience", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()


class DirectoryMembership(models.Model):
    group = models.ForeignKey(DirectoryGroup, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="directory_membership_once")]
