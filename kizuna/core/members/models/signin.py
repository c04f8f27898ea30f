"""Finished sign-ins and API tokens. Secrets are stored hashed."""

from django.db import models

from kizuna.core.members.models.member import Member


class SignIn(models.Model):
    """A finished sign-in on one device; the cookie names it, revoking it ends it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    # Random part of the cookie, hashed: knowing the row's id is not enough.
    key_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # When the person last proved who they are; sensitive pages ask again after a while.
    confirmed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    epoch = models.PositiveIntegerField()
    user_agent = models.CharField(max_length=200, blank=True, default="")
    address = models.GenericIPAddressField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member", "-last_seen_at"], name="sign_in_member")]


class ApiToken(models.Model):
    """A bearer token. Without scopes it may do what its member may."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80, blank=True, default="")
    key_hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class AttemptCount(models.Model):
    """How often something was tried in one window of time. In the database, so that emptying a cache frees nobody."""

    action = models.CharField(max_length=30)
    # SHA-256 of the canonical login or of the client's network.
    key_hash = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "key_hash", "window_start"], name="attempt_once")]
        indexes = [models.Index(fields=["window_start"], name="attempt_window")]
