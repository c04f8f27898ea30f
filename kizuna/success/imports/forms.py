"""The form of a new import: which table, and the file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import ImportKind, of
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.imports import sight
from kizuna.success.imports.storing import MOST_BYTES


class FileForm(forms.Form):
    """A table to bring."""

    kind = forms.ChoiceField(label=_("What is in the table?"))
    file = forms.FileField(
        label=_("File"),
        error_messages={"required": _("Please choose a file."), "empty": _("This file is empty.")},
        help_text=_("CSV, TSV or Excel (.xlsx), up to 500 MB. The first line holds the names of the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.name, kind.label) for kind in of(ImportKind) if sight.may_bring(viewer, kind.name)]

    def clean_file(self) -> Any:
        """Refuse what is larger than is read anyway."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 500 MB."))
        return file

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at its field."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused.reason))
