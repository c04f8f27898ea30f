"""The form by which the team works on an inquiry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.members.policies import Refused
from kizuna.success.customers.queries.account import staff
from kizuna.success.inbox import wording
from kizuna.success.inbox.models import Inquiry


class InquiryForm(forms.Form):
    """State, owner, priority."""

    state = forms.ChoiceField(label=pgettext_lazy("inquiry", "State"), choices=list(wording.STATES.items()))
    owner = forms.ChoiceField(label=pgettext_lazy("inquiry", "Owner"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=list(wording.PRIORITIES.items()))

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        initial = {"state": inquiry.state, "owner": str(inquiry.owner_id or ""), "priority": inquiry.priority}
        super().__init__(*args, **{**kwargs, "initial": initial})
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody yet")), *((str(member.pk), member.name) for member in staff())]

    def values(self) -> dict[str, Any]:
        """Return the facts as the action takes them."""
        clean = self.cleaned_data
        return {
            "state": clean["state"],
            "priority": clean["priority"],
            "owner_id": int(clean["owner"]) if clean["owner"] else None,
        }

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at its field."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused.reason))
