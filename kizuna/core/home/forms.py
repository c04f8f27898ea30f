"""Forms of Studio's community pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.community import settings as keys
from kizuna.core.community.models import WordRule
from kizuna.core.community.settings import SettingKey
from kizuna.core.home.zones import zones

MAX_LINKS = 12
BILINGUAL = {"name": keys.NAME, "tagline": keys.TAGLINE, "description": keys.DESCRIPTION, "welcome": keys.WELCOME}


class BrandForm(forms.Form):
    """Name and looks. Hue and vividness only: every choice keeps its contrast."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=40)
    name_en = forms.CharField(label=_("Name (English)"), max_length=40, required=False)
    tagline_ja = forms.CharField(label=_("Line under the name (Japanese)"), max_length=40, required=False)
    tagline_en = forms.CharField(label=_("Line under the name (English)"), max_length=40, required=False)
    description_ja = forms.CharField(
        label=_("Description (Japanese)"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    description_en = forms.CharField(
        label=_("Description (English)"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    welcome_ja = forms.CharField(
        label=_("Welcome for visitors (Japanese)"),
        help_text=_("Stands on top of the home page for people who are not signed in. Empty: the description."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    welcome_en = forms.CharField(
        label=_("Welcome for visitors (English)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hue = forms.IntegerField(
        label=_("Hue"), min_value=0, max_value=360, widget=forms.NumberInput(attrs={"type": "range"})
    )
    chroma = forms.FloatField(
        label=_("Vividness"),
        min_value=0.02,
        max_value=0.14,
        step_size=0.005,
        widget=forms.NumberInput(attrs={"type": "range"}),
    )
    logo = forms.FileField(label=_("Logo"), required=False, help_text=_("A square image of at least 160 pixels."))
    remove_logo = forms.BooleanField(label=_("Use the knot instead of the logo"), required=False)

    @staticmethod
    def initial_from(setting: Any) -> dict[str, Any]:
        """Return the form's first values; `setting` reads a key."""
        first = {"hue": setting(keys.BRAND_HUE), "chroma": setting(keys.BRAND_CHROMA)}
        for name, key in BILINGUAL.items():
            first |= {f"{name}_{language}": text for language, text in setting(key).items()}
        return first

    def changed_settings(self) -> dict[SettingKey, Any]:
        """Return the settings this form changes."""
        clean = self.cleaned_data
        changed: dict[SettingKey, Any] = {
            key: {"ja": clean[f"{name}_ja"], "en": clean[f"{name}_en"]}
            for name, key in BILINGUAL.items()
            if {f"{name}_ja", f"{name}_en"} & set(self.changed_data)
        }
        if "hue" in self.changed_data:
            changed[keys.BRAND_HUE] = clean["hue"]
        if "chroma" in self.changed_data:
            changed[keys.BRAND_CHROMA] = clean["chroma"]
        return changed


class JoiningForm(forms.Form):
    joining = forms.ChoiceField(
        label=_("Who may join"),
        widget=forms.RadioSelect,
        choices=[
            ("open", _("Anybody")),
            ("approval", _("Anybody, after approval by staff")),
            ("invitation", _("Only people with an invitation")),
        ],
    )
    default_language = forms.ChoiceField(
        label=_("Language for visitors"), choices=[("ja", "日本語"), ("en", "English")]
    )

    @staticmethod
    def initial_from(setting: Any) -> dict[str, Any]:
        return {"joining": setting(keys.JOINING), "default_language": setting(keys.DEFAULT_LANGUAGE)}

    def changed_settings(self) -> dict[SettingKey, Any]:
        named = {"joining": keys.JOINING, "default_language": keys.DEFAULT_LANGUAGE}
        return {key: self.cleaned_data[name] for name, key in named.items() if name in self.changed_data}


class TimeForm(forms.Form):
    time_zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones(self.initial["time_zone"])  # type: ignore[attr-defined]

    @staticmethod
    def initial_from(setting: Any) -> dict[str, Any]:
        return {"time_zone": setting(keys.TIME_ZONE)}


class WordForm(forms.Form):
    word = forms.CharField(label=_("Word"), max_length=100)
    effect = forms.ChoiceField(
        label=_("What happens"),
        choices=[
            (WordRule.Effect.REFUSE, _("The post is refused and the author is told why")),
            (WordRule.Effect.HOLD, _("The post waits until a moderator has looked")),
            (WordRule.Effect.MASK, _("The word is shown as ＊＊")),
        ],
    )


class LinkForm(forms.Form):
    label_ja = forms.CharField(label=_("Label (Japanese)"), max_length=40)
    label_en = forms.CharField(label=_("Label (English)"), max_length=40, required=False)
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=MAX_LINKS, required=False)

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Please enter an address that starts with https://."))
        return url


LinkFormSet = forms.formset_factory(LinkForm, extra=2, max_num=MAX_LINKS, validate_max=True, can_delete=True)


class SynonymsForm(forms.Form):
    """One group a line, words separated by commas; a search for one finds the others."""

    groups = forms.CharField(
        label=_("Words that mean the same"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One group on each line, separated by commas: 送料, 配送料, 配送費"),
    )

    @staticmethod
    def initial_from(setting: Any) -> dict[str, Any]:
        return {"groups": "\n".join(", ".join(group) for group in setting(keys.SYNONYMS))}

    def clean_groups(self) -> list[list[str]]:
        lines = self.cleaned_data["groups"].replace("、", ",").replace("，", ",").splitlines()
        groups = [[word.strip() for word in line.split(",") if word.strip()] for line in lines]
        if any(len(group) == 1 for group in groups):
            raise forms.ValidationError(_("Each line needs at least two words, separated by commas."))
        return [group for group in groups if group]

    def changed_settings(self) -> dict[SettingKey, Any]:
        return {keys.SYNONYMS: self.cleaned_data["groups"]}
