"""Shapes of what people send. What is allowed is decided by the actions; their reasons are put at the fields here."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.files.attaching import AttachingForm
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions.looks import COLORS, ICONS
from kizuna.engagement.discussions.queries.pages import SpaceRow
from kizuna.engagement.discussions.rendering.words import IDEA_STATUSES, KINDS
from kizuna.engagement.discussions.settings import THANKS

WORD_FIELDS = ("name", "description", "post_template")
SEPARATORS = re.compile(r"[,、，\n]+")


def tags_in(text: str) -> list[str]:
    """Return the names that a person typed into one field."""
    return [name.strip() for name in SEPARATORS.split(text) if name.strip()]


class Refusable(forms.Form):
    """A form that can show why an action refused it."""

    def refuse(self, why: Refused) -> None:
        """Put the reason at the field it names, or above the form."""
        self.add_error(why.field if why.field in self.fields else None, str(why.reason))


class TagsField(forms.CharField):
    """Tags separated by commas, half- or full-width."""

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return tags_in(super().to_python(value))

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value


class AudienceField(forms.ChoiceField):
    """Who of those in its space may read a topic.

    A draft does not hold the choice, so whoever goes on with one must choose again (`must_choose`).
    """

    EVERYBODY = "space"

    def __init__(self, audiences: Iterable[tuple[str, str]], *, must_choose: bool = False) -> None:
        everybody = (self.EVERYBODY, _("Everybody who may enter the space"))
        begun = [("", _("Please choose"))] if must_choose else []
        super().__init__(
            label=_("Who may read it"),
            choices=[*begun, everybody, *audiences],
            initial="" if must_choose else self.EVERYBODY,
            help_text=_("It can only be fewer than those who may enter the space."),
        )

    def clean(self, value: str | None) -> str:
        """Return the choice; one that was not asked for is everybody, one left open is an error."""
        return super().clean(self.EVERYBODY if value is None else value)

    @classmethod
    def id_of(cls, chosen: str) -> int | None:
        """Return the id of the audience that was chosen, None for everybody in the space."""
        return None if chosen == cls.EVERYBODY else int(chosen)


class ReplyForm(AttachingForm, Refusable):
    body = forms.CharField(label=_("Your reply"), widget=forms.Textarea, strip=False)
    reply_to = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TopicForm(AttachingForm, Refusable):
    title = forms.CharField(
        label=pgettext_lazy("topic", "Title"),
        help_text=_("One sentence that says what it is about."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 200}),
    )
    body = forms.CharField(label=pgettext_lazy("post", "Text"), widget=forms.Textarea, strip=False)
    tags = TagsField(
        label=pgettext_lazy("topic", "Tags"),
        required=False,
        help_text=_("Separate them with commas. Members who know the topic are told."),
    )

    def __init__(self, *args: Any, audiences: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if audiences:  # offered to the team alone
            self.fields["audience"] = AudienceField(audiences, must_choose=bool(self.initial.get("is_restored")))

    def clean_audience(self) -> int | None:
        """Return the id of the audience, None for whoever may enter the space."""
        return AudienceField.id_of(self.cleaned_data["audience"])


class QuestionForm(TopicForm):
    URGENCIES = [
        ("normal", _("Members first: they usually answer soon, and the team follows")),
        ("urgent", _("Urgent: tell the team at once")),
        ("billing", _("About billing: tell the team at once")),
        ("private", _("Private: only the team and you see it")),
    ]
    urgency = forms.ChoiceField(
        label=_("Who should see it first?"), choices=URGENCIES, initial="normal", widget=forms.RadioSelect
    )


class EditForm(AttachingForm, Refusable):
    body = forms.CharField(label=pgettext_lazy("post", "Text"), widget=forms.Textarea, strip=False)


class OpeningEditForm(EditForm):
    title = forms.CharField(
        label=pgettext_lazy("topic", "Title"), widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 200})
    )
    tags = TagsField(label=pgettext_lazy("topic", "Tags"), required=False, help_text=_("Separate them with commas."))
    field_order = ("title", "body", "tags")


class ReasonForm(Refusable):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class MoveForm(Refusable):
    space = forms.ChoiceField(label=_("Space"))

    def __init__(self, *args: Any, spaces: Iterable[SpaceRow], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].choices = [(space.slug, space.name_in(language)) for space in spaces]  # type: ignore[attr-defined]


class NarrowForm(Refusable):
    def __init__(self, *args: Any, audiences: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"] = AudienceField(audiences)

    def clean_audience(self) -> int | None:
        return AudienceField.id_of(self.cleaned_data["audience"])


class StatusForm(Refusable):
    status = forms.ChoiceField(label=_("Status"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("A word to those who wait"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who voted or follows reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(key, label) for key, (label, *_look) in IDEA_STATUSES.items()]  # type: ignore[attr-defined]


class AskForm(QuestionForm):
    space = forms.ChoiceField(label=_("Space"))
    field_order = ("space", "title", "body", "tags", "urgency")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].choices = choices  # type: ignore[attr-defined]


class SpaceForm(Refusable):
    slug = forms.CharField(
        label=pgettext_lazy("space", "Address"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens: /s/ADDRESS/"),
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("space", "Kind"), choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=60, required=False)
    description_ja = forms.CharField(label=_("Description (Japanese)"), max_length=300, required=False)
    description_en = forms.CharField(label=_("Description (English)"), max_length=300, required=False)
    icon = forms.ChoiceField(label=_("Icon"), required=False, choices=list(ICONS.items()))
    color = forms.ChoiceField(label=_("Colour"), required=False, choices=list(COLORS.items()))
    posting = forms.ChoiceField(
        label=_("Who may open topics"),
        choices=[("members", _("Everybody who sees the space")), ("staff", _("Only the team"))],
        widget=forms.RadioSelect,
        help_text=_("For announcements, “only the team” is usual. Whoever sees the space may reply."),
    )
    members_first_hours = forms.IntegerField(
        label=_("Hours that a question stays with members before the team is told"),
        required=False,
        min_value=0,
        max_value=720,
        help_text=_("Empty: as set for the whole community."),
    )
    post_template_ja = forms.CharField(
        label=_("What a new post begins with (Japanese)"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    post_template_en = forms.CharField(
        label=_("What a new post begins with (English)"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("icon") or next(iter(ICONS))
        if kept not in ICONS:  # set by an import: stays until another one is chosen
            self.fields["icon"].choices = [(kept, kept), *ICONS.items()]  # type: ignore[attr-defined]

    def add_error(self, field: str | None, error: Any) -> None:
        """Put an error of a text in two languages at its Japanese field."""
        super().add_error(f"{field}_ja" if field in WORD_FIELDS else field, error)

    def refuse(self, why: Refused) -> None:
        known = why.field in self.fields or why.field in WORD_FIELDS
        self.add_error(why.field if known else None, str(why.reason))

    def changes(self) -> dict[str, Any]:
        """Return the fields as the actions take them: texts as {"ja", "en"}."""
        given = {name: self.cleaned_data[name] for name in ("icon", "color", "posting", "members_first_hours")}
        for name in WORD_FIELDS:
            given[name] = {language: self.cleaned_data[f"{name}_{language}"] for language in ("ja", "en")}
        return given


class NewSpaceForm(SpaceForm):
    audience = forms.ChoiceField(label=_("Who may see it"))
    field_order = ("name_ja", "name_en", "slug", "kind", "audience")

    def __init__(self, *args: Any, audiences: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = audiences  # type: ignore[attr-defined]


class AudienceForm(Refusable):
    audience = forms.ChoiceField(label=_("Who may see it"))

    def __init__(self, *args: Any, audiences: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = audiences  # type: ignore[attr-defined]


class RulesForm(Refusable):
    """Reactions, one row each (word, Japanese and English name), and how long things wait."""

    ROWS = 8
    thanks = "ja_0"
    members_first_hours = forms.IntegerField(
        label=_("Hours that a question stays with members before the team is told"), min_value=0, max_value=720
    )
    solved_check_days = forms.IntegerField(
        label=_("Days without a post after which the asker is asked whether it is solved"), min_value=1, max_value=60
    )
    newcomer_hours = forms.IntegerField(
        label=_("Hours after joining in which posts with links wait for a moderator"), min_value=0, max_value=2160
    )

    def __init__(self, *args: Any, reactions: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(self.ROWS):
            row = reactions[place] if place < len(reactions) else {}
            self.fields[f"word_{place}"] = forms.CharField(
                required=False, max_length=20, initial=row.get("word", ""), widget=forms.HiddenInput
            )
            for language, label in (("ja", _("Name (Japanese)")), ("en", _("Name (English)"))):
                self.fields[f"{language}_{place}"] = forms.CharField(
                    label=label, required=False, max_length=20, initial=row.get(language, "")
                )
            if row.get("word") == THANKS:
                self.thanks = f"ja_{place}"
                self.fields[self.thanks].help_text = _("Counts as thanks in profiles and lists, so it stays.")

    @property
    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        """Return the rows in use and two more: number, word, names in Japanese and English."""
        used = [place for place in range(self.ROWS) if self[f"ja_{place}"].value() or self[f"en_{place}"].value()]
        shown = range(min(self.ROWS, (used[-1] + 1 if used else 0) + 2))
        return [(place + 1, self[f"word_{place}"], self[f"ja_{place}"], self[f"en_{place}"]) for place in shown]

    def refuse(self, why: Refused) -> None:
        if why.field == "reactions":
            self.add_error(self.thanks, str(why.reason))
        else:
            super().refuse(why)

    def reactions(self) -> list[dict[str, str]]:
        """Return the rows that have a name."""
        given = self.cleaned_data
        rows = [{"word": given[f"word_{n}"], "ja": given[f"ja_{n}"], "en": given[f"en_{n}"]} for n in range(self.ROWS)]
        return [row for row in rows if row["ja"] or row["en"]]

    def numbers(self) -> dict[str, int]:
        """Return how long things wait, by name."""
        return {
            name: self.cleaned_data[name] for name in ("members_first_hours", "solved_check_days", "newcomer_hours")
        }
