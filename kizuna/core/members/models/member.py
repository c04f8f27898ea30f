"""A member and what they may do."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from kizuna.core.members.viewer import PUBLIC

HANDLE = r"[a-z0-9_]{2,30}"


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email_key=normalised_email(username or ""))


def normalised_email(email: str) -> str:
    """Return the form under which an address is unique here: trimmed and lower-case throughout."""
    return email.strip().lower()


class Member(AbstractBaseUser):
    """A person who signs in here, an imported author who does not, or the community's own system member."""

    class State(models.TextChoices):
        ACTIVE = "active"
        WAITING = "waiting"  # asked to join, not yet approved
        SUSPENDED = "suspended"
        ERASED = "erased"

    handle = models.CharField(max_length=30, unique=True, validators=[RegexValidator(f"^{HANDLE}$")])
    name = models.CharField(max_length=80)
    kana = models.CharField(max_length=80, blank=True, default="")
    # Kept by actions: the order of lists (folded reading, else name) and what a search by name looks through.
    reading = models.CharField(max_length=80, blank=True, default="")
    search_text = models.CharField(max_length=400, blank=True, default="")
    email = models.EmailField(max_length=254, blank=True, default="")
    # Empty for imported authors and the system member, so unique only where filled.
    email_key = models.CharField(max_length=254, blank=True, default="")
    company = models.CharField(max_length=120, blank=True, default="")
    bio = models.CharField(max_length=1000, blank=True, default="")
    avatar_key = models.CharField(max_length=64, blank=True, default="")
    hue = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=5, default="ja")
    theme = models.CharField(max_length=5, blank=True, default="")
    # Who may open the profile page and find the member in the directory.
    audience = models.ForeignKey("members.Audience", on_delete=models.PROTECT, default=PUBLIC, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    is_system = models.BooleanField(default=False)
    # True for authors brought by an import: they write nothing here and get no mail until they claim the account.
    is_imported = models.BooleanField(default=False)
    external_id = models.CharField(max_length=120, blank=True, default="")
    joined_at = models.DateTimeField()
    last_seen_on = models.DateField(null=True)
    # All sign-ins before the epoch are void (password change, "sign out everywhere", suspension).
    epoch = models.PositiveIntegerField(default=1)
    # What others see beside the name (level, badges, staff mark), pushed down by other apps; fragments carry the version.
    card = models.JSONField(default=dict)
    card_version = models.PositiveIntegerField(default=1)
    topic_count = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    thanks_count = models.PositiveIntegerField(default=0)

    objects = MemberManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email_key"], name="member_email_once", condition=~Q(email_key="")),
            models.UniqueConstraint(
                fields=["external_id"], name="member_external_id_once", condition=~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["-joined_at"], name="member_joined"),
            models.Index(fields=["reading", "id"], name="member_reading"),
            # All whom a rule can pick: counted from the index, however wide the rows are.
            models.Index(
                fields=["id"], name="member_pickable", condition=Q(state="active", is_system=False, is_imported=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def avatar_url(self) -> str:
        """Return the address of the member's picture, "" for none."""
        return f"/f/{self.avatar_key}/avatar.webp?w=160" if self.avatar_key else ""

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django and allauth ask for it
        return self.state == self.State.ACTIVE and not self.is_system


class HandleReservation(models.Model):
    """A handle once used stays its member's after a rename: old links lead to the same person."""

    handle = models.CharField(max_length=30, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    reserved_at = models.DateTimeField()


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    MODERATOR = "moderator"
    SUCCESS_MANAGER = "success_manager"
    ANALYST = "analyst"


class RoleGrant(models.Model):
    """A role that a member holds, and who gave it. Every active member is a member without a row."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "role"], name="role_once")]
