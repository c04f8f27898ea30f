"""Files that come along with a form, for those whose browser runs no scripts: links to them follow what was typed."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.core.files import actions
from kizuna.core.members.requests import Request

FIELD, TEXT = "attachments", "body"


class AttachingForm(forms.Form):
    """A form with a text to which files can be added; why some were refused stands at their field."""

    attachments = forms.Field(
        label=_("Images and files"),
        required=False,
        help_text=_(
            "Images up to 15 MB; PDF, Office and text files up to 20 MB. They are put at the end of your text."
        ),
    )

    def __init__(self, *args: Any, refused_files: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused_files = refused_files

    def clean(self) -> None:
        for reason in self.refused_files:
            self.add_error(FIELD, reason)


def with_files(request: Request) -> dict[str, Any]:
    """Return what an `AttachingForm` is made of: what was typed, and below it the files that came along.

    They are kept before anything else is looked at, so that a form that comes back for another reason still has them.
    """
    uploads = request.FILES.getlist(FIELD)
    if not uploads:
        return {"data": request.POST}
    taken = actions.store_sent(viewer=request.viewer, uploads=uploads, now=timezone.now())
    data = request.POST.copy()
    data[TEXT] = "\n\n".join(part for part in (data.get(TEXT, "").rstrip(), *taken.links) if part)
    return {"data": data, "refused_files": taken.refused}
