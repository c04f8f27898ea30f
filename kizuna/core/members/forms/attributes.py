"""Fields for what a manager asks, and the form in which a manager defines it."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.web.dates import DayField
from kizuna.core.community.settings import in_language
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Attribute

PREFIX = "attribute_"
KINDS = [
    (Attribute.Kind.TEXT, pgettext_lazy("kind of field", "Text")),
    (Attribute.Kind.CHOICE, _("One choice")),
    (Attribute.Kind.CHOICES, _("Several choices")),
    (Attribute.Kind.DATE, _("Date")),
    (Attribute.Kind.NUMBER, _("Number")),
    (Attribute.Kind.YES_NO, _("Yes or no")),
]
SEES = [
    (Attribute.Sees.PROFILE, _("Everybody who may open the profile")),
    (Attribute.Sees.MEMBERS, _("Members")),
    (Attribute.Sees.OWN, _("The member and the team")),
    (Attribute.Sees.TEAM, _("Only the team")),
]
EDITS = [(Attribute.Edits.MEMBER, _("The member and the team")), (Attribute.Edits.TEAM, _("Only the team"))]
ASKED = [
    (Attribute.Asked.JOINING_REQUIRED, _("When joining, and needed")),
    (Attribute.Asked.JOINING, _("When joining, if they like")),
    (Attribute.Asked.LATER, _("Later, in the profile")),
]
CHOICE_LINE = re.compile(r"^(?:(?P<value>[a-z0-9_-]{1,40})\s*[:：]\s*)?(?P<ja>[^/／]+?)(?:\s*[/／]\s*(?P<en>.+))?$")


def attribute_field(attribute: Attribute, *, language: str, is_required: bool) -> forms.Field:
    """Return the field in which an attribute is answered."""
    common: dict[str, Any] = {
        "label": in_language(attribute.label, language),
        "help_text": in_language(attribute.hint, language),
        "required": is_required,
    }
    choices = [(choice["value"], in_language(choice, language)) for choice in attribute.choices]
    if attribute.kind == Attribute.Kind.CHOICE:
        return forms.ChoiceField(choices=[("", _("Not chosen")), *choices], **common)
    if attribute.kind == Attribute.Kind.CHOICES:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if attribute.kind == Attribute.Kind.DATE:
        return DayField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    if attribute.kind == Attribute.Kind.NUMBER:
        return forms.DecimalField(max_digits=18, decimal_places=4, **common)
    if attribute.kind == Attribute.Kind.YES_NO:
        yes_no = [("", _("Not chosen")), ("yes", _("Yes")), ("no", _("No"))]
        return forms.TypedChoiceField(choices=yes_no, coerce=lambda said: said == "yes", empty_value=None, **common)
    return forms.CharField(max_length=200, **common)


class Asking:
    """A form with fields of some attributes after its own."""

    asked: tuple[Attribute, ...] = ()

    def ask(
        self, attributes: Iterable[Attribute], *, language: str, answers: dict[str, Any], at_joining: bool = False
    ) -> None:
        """Add the fields, holding what is known."""
        form: Any = self
        self.asked = tuple(attributes)
        for attribute in self.asked:
            needed = at_joining and attribute.asked == Attribute.Asked.JOINING_REQUIRED
            name, value = PREFIX + attribute.key, answers.get(attribute.key)
            form.fields[name] = attribute_field(attribute, language=language, is_required=needed)
            form.initial[name] = _said(value)

    def answers(self) -> dict[str, Any]:
        """Return what was answered, by key."""
        cleaned = self.cleaned_data  # type: ignore[attr-defined]
        return {attribute.key: cleaned.get(PREFIX + attribute.key) for attribute in self.asked}

    def answer_fields(self) -> list[Any]:
        """Return the bound fields of the attributes."""
        return [self[PREFIX + attribute.key] for attribute in self.asked]  # type: ignore[index]


def _said(value: Any) -> Any:
    """Return an answer as its field says it: a number without the places that are stored behind it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class AnswersForm(Asking, Refusable, forms.Form):
    """Answers alone."""


class AttributeForm(Refusable, forms.Form):
    """What is asked, of whom it is seen and who fills it in."""

    label_ja = forms.CharField(label=_("Name in Japanese"), max_length=60, required=False)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        help_text=_("Small letters, digits and underscores. Files and the API use it; it cannot be changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=KINDS)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=12_000,
        help_text=_("One a line: key: Japanese / English. Without a key the line's number is used."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    hint_ja = forms.CharField(label=_("Hint in Japanese"), max_length=200, required=False)
    hint_en = forms.CharField(label=_("Hint in English"), max_length=200, required=False)
    sees = forms.ChoiceField(label=_("Who sees the answers"), choices=SEES, widget=forms.RadioSelect)
    edits = forms.ChoiceField(label=_("Who fills it in"), choices=EDITS, widget=forms.RadioSelect)
    asked = forms.ChoiceField(label=_("When it is asked"), choices=ASKED, widget=forms.RadioSelect)

    @staticmethod
    def initial_from(attribute: Attribute | None) -> dict[str, Any]:
        """Return what the form shows at first."""
        if attribute is None:
            return {"kind": Attribute.Kind.TEXT, "sees": Attribute.Sees.OWN, "edits": "member", "asked": "later"}
        lines = [
            f"{item['value']}: {item['ja']}" + (f" / {item['en']}" if item["en"] else "") for item in attribute.choices
        ]
        words = {
            f"{name}_{language}": getattr(attribute, name).get(language, "")
            for name in ("label", "hint")
            for language in ("ja", "en")
        }
        rest = {name: getattr(attribute, name) for name in ("key", "kind", "sees", "edits", "asked")}
        return {**words, **rest, "choices": "\n".join(lines)}

    def clean_choices(self) -> list[dict[str, str]]:
        """Return the lines as choices."""
        found = []
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        for number, line in enumerate(lines, 1):
            match = CHOICE_LINE.match(line)
            if match is None or max(len(part or "") for part in match.groups()) > 80:
                raise forms.ValidationError(_("Line %(number)s is no choice.") % {"number": number})
            found.append(
                {"value": match["value"] or f"c{number}", "ja": match["ja"].strip(), "en": (match["en"] or "").strip()}
            )
        return found

    def changes(self) -> dict[str, Any]:
        """Return what was filled in, as the action takes it."""
        said = self.cleaned_data
        words = {
            name: {language: said[f"{name}_{language}"].strip() for language in ("ja", "en")}
            for name in ("label", "hint")
        }
        has_choices = said["kind"] in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES)
        rest = {name: said[name] for name in ("key", "kind", "sees", "edits", "asked")}
        return {**words, **rest, "choices": said["choices"] if has_choices else []}
