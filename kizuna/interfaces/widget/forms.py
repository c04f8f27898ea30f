"""Studio's form about the widget."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.core.community.queries import setting
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.widget.origins import Unusable, origin_of
from kizuna.interfaces.widget.queries import places
from kizuna.interfaces.widget.settings import LONGEST_GREETING, LONGEST_PHONE, MOST_ORIGINS, PLACED


class WidgetForm(Refusable, forms.Form):
    """Where the widget may stand, what it says and what it shows."""

    is_on = forms.BooleanField(label=gettext_lazy("The widget can be used"), required=False)
    origins = forms.CharField(
        label=gettext_lazy("Sites on which it may stand"),
        help_text=gettext_lazy("One a line, such as https://app.example.com. No other site gets an answer."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    greeting_ja = forms.CharField(
        label=gettext_lazy("Greeting (Japanese)"), max_length=LONGEST_GREETING, required=False
    )
    greeting_en = forms.CharField(label=gettext_lazy("Greeting (English)"), max_length=LONGEST_GREETING, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone for urgent cases"),
        help_text=gettext_lazy("Shown when a question cannot be sent. Hours may stand behind it."),
        max_length=LONGEST_PHONE,
        required=False,
    )
    spaces = forms.MultipleChoiceField(
        label=gettext_lazy("Spaces whose solved questions are shown"),
        help_text=gettext_lazy("None chosen: all that the person may see."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories of articles that are shown"),
        help_text=gettext_lazy("None chosen: all that the person may see."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in zip(("spaces", "categories"), places(viewer), strict=True):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
            if not choices:
                del self.fields[name]

    @staticmethod
    def initial_from() -> dict[str, Any]:
        """Return the form's first values."""
        placed = setting(PLACED)
        greeting = {f"greeting_{language}": placed["greeting"].get(language, "") for language in ("ja", "en")}
        return {**placed, "origins": "\n".join(placed["origins"]), **greeting}

    def clean_origins(self) -> list[str]:
        """Read the sites, one a line."""
        found: list[str] = []
        for line in self.cleaned_data["origins"].splitlines():
            if not line.strip():
                continue
            try:
                found.append(origin_of(line))
            except Unusable:
                raise forms.ValidationError(
                    _(
                        "“%(line)s” is no site that can be listed. Write it as https://app.example.com, without a path; "
                        "http only for this machine."
                    )
                    % {"line": line.strip()[:80]}
                ) from None
        if len(found) > MOST_ORIGINS:
            raise forms.ValidationError(_("At most %(n)d sites.") % {"n": MOST_ORIGINS})
        return list(dict.fromkeys(found))

    def value(self) -> dict[str, Any]:
        """Return the setting."""
        said = self.cleaned_data
        greeting = {language: said[f"greeting_{language}"] for language in ("ja", "en")}
        return {
            "is_on": said["is_on"],
            "origins": said["origins"],
            "greeting": {language: text for language, text in greeting.items() if text},
            "phone": said["phone"],
            "spaces": said.get("spaces", []),
            "categories": said.get("categories", []),
        }
