"""Forms of Studio's pages on members, invitations and terms."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.dates import DayField
from kizuna.core.members import answer_files, policies, queries
from kizuna.core.members.actions.attributes import MAX_MANY
from kizuna.core.members.forms.attributes import AnswersForm
from kizuna.core.members.forms.entrance import Refusable
from kizuna.core.members.models import Member, Role, TermsDocument
from kizuna.core.members.viewer import Viewer
from kizuna.core.members.wording import ROLE_NAMES


def roles_for(viewer: Viewer) -> list[tuple[str, Any]]:
    """Return the roles that the viewer may give, as choices."""
    return [(role, ROLE_NAMES[role]) for role in Role.values if policies.can_grant(viewer, role)]


class SuspendForm(Refusable, forms.Form):
    """Why a member is suspended."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("Your colleagues read it, the member does not."),
        error_messages={"required": _("Please write why, for your colleagues.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DeclineForm(forms.Form):
    """What somebody is told who is not let in."""

    words = forms.CharField(
        label=_("A word to them"),
        max_length=500,
        required=False,
        help_text=_("It stands in the mail that tells them."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InviteForm(Refusable, forms.Form):
    """One invitation."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = [("", _("Member")), *roles_for(viewer)]


class BatchForm(Refusable, forms.Form):
    """A file of addresses."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("A column “email”, and if you like “name” and “language” (ja or en). UTF-8 or Shift_JIS."),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = [("", _("Member")), *roles_for(viewer)]


class TermsForm(Refusable, forms.Form):
    """The next version of a document."""

    body_ja = forms.CharField(
        label=_("Text in Japanese"),
        required=False,
        max_length=200_000,
        help_text=_("Markdown"),
        widget=forms.Textarea(attrs={"rows": 14, "lang": "ja"}),
    )
    body_en = forms.CharField(
        label=_("Text in English"),
        required=False,
        max_length=200_000,
        help_text=_("Markdown"),
        widget=forms.Textarea(attrs={"rows": 14, "lang": "en"}),
    )
    changes_ja = forms.CharField(
        label=_("What changes, in Japanese"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    changes_en = forms.CharField(
        label=_("What changes, in English"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    effective_on = DayField(
        label=_("In force from"),
        required=False,
        help_text=_("Left empty, it is in force as soon as you publish it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    asks_consent = forms.BooleanField(
        label=_("Ask members to agree again"),
        required=False,
        help_text=_("Leave it off only when the meaning stays the same."),
    )

    @staticmethod
    def initial_from(document: TermsDocument) -> dict[str, Any]:
        """Return what the form shows at first: the draft, or the newest version to start from."""
        is_draft = document.published_at is None
        return {
            "body_ja": document.body.get("ja", ""),
            "body_en": document.body.get("en", ""),
            "changes_ja": document.changes.get("ja", "") if is_draft else "",
            "changes_en": document.changes.get("en", "") if is_draft else "",
            "effective_on": timezone.localdate(document.effective_at) if is_draft else None,
            "asks_consent": document.asks_consent if is_draft else True,
        }

    def body(self) -> dict[str, str]:
        """Return the text by language."""
        return {"ja": self.cleaned_data["body_ja"].strip(), "en": self.cleaned_data["body_en"].strip()}

    def changes(self) -> dict[str, str]:
        """Return what changes by language."""
        return {"ja": self.cleaned_data["changes_ja"].strip(), "en": self.cleaned_data["changes_en"].strip()}

    def effective_at(self, *, now: datetime) -> datetime:
        """Return the beginning of the chosen day in the community's zone, or now."""
        day = self.cleaned_data["effective_on"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else now


class AnswerFileForm(Refusable, forms.Form):
    """A CSV of answers; on the second step its text comes back with the page."""

    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Please choose a file.")},
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("text")

    def content(self) -> str:
        """Return the text of the file."""
        upload = self.cleaned_data["file"]
        return answer_files.decoded(upload.read(answer_files.MAX_BYTES + 1)) if upload else self.cleaned_data["text"]


class ManyAnswersForm(AnswersForm):
    """One answer, and for whom."""

    who = forms.CharField(
        label=_("For whom"),
        max_length=60_000,
        help_text=_("Handles or e-mail addresses, one a line; at most 1,000."),
        widget=forms.Textarea(attrs={"rows": 6, "autocapitalize": "none", "spellcheck": "false"}),
    )

    def people(self) -> tuple[list[Member], list[str]]:
        """Return the members named and the words that name nobody."""
        words = list(dict.fromkeys(self.cleaned_data["who"].replace(",", "\n").split()))
        return queries.members_named(words[:MAX_MANY]) if len(words) <= MAX_MANY else ([], words[MAX_MANY:])
