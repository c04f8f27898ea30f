"""What a community asks of its members beyond name and company: attributes that the manager defines."""

from django.db import models

from kizuna.core.members.models.member import Member


class Attribute(models.Model):
    """A question with one kind of answer, and who may see and change the answers."""

    class Kind(models.TextChoices):
        TEXT = "text"
        CHOICE = "choice"
        CHOICES = "choices"
        DATE = "date"
        NUMBER = "number"
        YES_NO = "yes_no"

    class Sees(models.TextChoices):
        PROFILE = "profile"  # whoever may open the profile
        MEMBERS = "members"
        OWN = "own"  # the member and the team
        TEAM = "team"  # the team alone

    class Edits(models.TextChoices):
        MEMBER = "member"  # the member and the team
        TEAM = "team"

    class Asked(models.TextChoices):
        JOINING_REQUIRED = "required"
        JOINING = "joining"
        LATER = "later"

    # Rules and files name an attribute by its key, so it never changes.
    key = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.JSONField(default=dict)
    hint = models.JSONField(default=dict)
    # [{"value": "food", "ja": "飲食", "en": "Food service"}]; a value stays for good, its words may change.
    choices = models.JSONField(default=list)
    sees = models.CharField(max_length=10, choices=Sees.choices, default=Sees.OWN)
    edits = models.CharField(max_length=10, choices=Edits.choices, default=Edits.MEMBER)
    asked = models.CharField(max_length=10, choices=Asked.choices, default=Asked.LATER)
    position = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attribute_editor_sees", condition=~models.Q(sees="team") | models.Q(edits="team")
            )
        ]

    def __str__(self) -> str:
        return self.key


class AttributeValue(models.Model):
    """An answer: one row, or a row per choice of a many-choice. The column that its kind does not use is empty."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, blank=True, default="")
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "attribute", "text"], name="attribute_value_once")]
        indexes = [models.Index(fields=["attribute", "text", "member"], name="attribute_value_text")]
