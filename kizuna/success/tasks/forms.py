"""Forms of tasks: shape only; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.community.settings import in_language
from kizuna.success.customers.forms import Refusable, area, day_field
from kizuna.success.customers.models import Account
from kizuna.success.tasks import queries
from kizuna.success.tasks.models import Department, Task


class TaskForm(Refusable, forms.Form):
    title = forms.CharField(label=pgettext_lazy("task", "What is to be done"), max_length=160)
    body = area(pgettext_lazy("task", "Details"), rows=4, longest=10_000)
    owner = forms.ChoiceField(label=pgettext_lazy("task", "Owner"), required=False)
    due_on = day_field(_("Due day"))
    contact = forms.ChoiceField(label=_("Person"), required=False)

    def __init__(self, *args: Any, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = [(str(member.pk), member.name) for member in queries.desk_team()]
        self.fields["owner"].choices = [("", _("Nobody yet")), *team]  # type: ignore[attr-defined]
        if account is None:  # one task for each of several customers: no person is at all of them
            del self.fields["contact"]
            return
        people = [(str(person.pk), person.name) for person in queries.people_at(account)]
        self.fields["contact"].choices = [("", "—"), *people]  # type: ignore[attr-defined]

    @staticmethod
    def initial_from(task: Task) -> dict[str, Any]:
        """Return what the form shows of a task."""
        return {
            "title": task.title,
            "body": task.body,
            "owner": task.owner_id or "",
            "due_on": task.due_on,
            "contact": task.contact_id or "",
        }

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the actions take it."""
        clean = self.cleaned_data
        return {
            "title": clean["title"],
            "body": clean["body"],
            "owner_id": int(clean["owner"]) if clean["owner"] else None,
            "contact_id": int(clean["contact"]) if clean.get("contact") else None,
            "due_on": clean["due_on"],
        }


class HandoverForm(Refusable, forms.Form):
    department = forms.ChoiceField(label=_("Department"))
    ask = area(_("What you ask of it"), rows=3, longest=10_000)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(item.pk): item for item in queries.departments()}
        names = [(pk, in_language(item.name, language)) for pk, item in self.known.items()]
        self.fields["department"].choices = names  # type: ignore[attr-defined]

    def chosen(self) -> Department:
        """Return the department chosen."""
        return self.known[self.cleaned_data["department"]]


class AnswerForm(Refusable, forms.Form):
    answer = area(pgettext_lazy("task", "Answer"), rows=4, longest=10_000, required=True)


class DepartmentForm(Refusable, forms.Form):
    name_ja = forms.CharField(label=_("Name in Japanese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    members = forms.MultipleChoiceField(
        label=_("Who is told"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Colleagues with the CS desk. They may answer what is handed to the department."),
    )
    is_archived = forms.BooleanField(
        label=_("Put away"), required=False, help_text=_("It can no longer be chosen; what lay there stays readable.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = [(str(member.pk), member.name) for member in queries.desk_team()]
        self.fields["members"].choices = team  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the action takes it."""
        clean = self.cleaned_data
        return {
            "name": {"ja": clean["name_ja"], "en": clean["name_en"]},
            "member_ids": [int(number) for number in clean["members"]],
            "is_archived": clean["is_archived"],
        }
