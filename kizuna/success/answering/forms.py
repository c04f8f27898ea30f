"""Forms of this app. Shape only; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.discussions.policies import can_open_topic
from kizuna.engagement.discussions.queries import spaces_visible_to
from kizuna.success.answering.actions import batching, keeping, writing_up
from kizuna.success.answering.models import Macro
from kizuna.success.inbox import wording
from kizuna.success.inbox.forms import AFTER, people
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox.models import ReplyTemplate

FACTS = (
    "{{customer}} {{company}} {{addressed}} {{title}} {{number}} {{owner}} {{account_owner}} {{plan}} {{contract_end}} "
    "{{community}} {{today}}"
)


class TemplateForm(Refusable, forms.Form):
    """Words that answers begin with, and what follows the answer."""

    name = forms.CharField(label=_("Name of the template"), max_length=80)
    body = forms.CharField(label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10}))
    is_own = forms.BooleanField(label=_("Only for me"), required=False)
    next_state = forms.ChoiceField(label=_("State after sending"), required=False)
    snooze_days = forms.IntegerField(
        label=_("Put off for how many days"), required=False, min_value=1, max_value=keeping.LONGEST_SNOOZE
    )
    priority = forms.ChoiceField(label=_("Priority after sending"), required=False)
    category = forms.CharField(label=_("Category after sending"), max_length=keeping.LONGEST_CATEGORY, required=False)
    owner_id = forms.ChoiceField(label=_("Owner after sending"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_it_is = ("", _("As it is"))
        self._choose("next_state", [as_it_is, *AFTER.items()])
        self._choose("priority", [as_it_is, *wording.PRIORITIES.items()])
        self._choose("owner_id", [as_it_is, *people()[1:]])
        self.fields["body"].help_text = _(
            "Facts: %(facts)s. In mails the greeting and your signature are added when they are sent."
        ) % {"facts": FACTS}

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        clean = dict(self.cleaned_data)
        clean["owner_id"] = int(clean["owner_id"]) if clean["owner_id"] else None
        return clean

    @staticmethod
    def initial_values(template: ReplyTemplate | None, macro: Macro | None, viewer: Viewer) -> dict[str, Any]:
        """Return what a template is now."""
        said: dict[str, Any] = {} if template is None else {"name": template.name, "body": template.body}
        if macro is not None:
            said |= {name: getattr(macro, name) for name in ("next_state", "snooze_days", "priority", "category", "owner_id")}  # fmt: skip
            said["is_own"] = macro.member_id == viewer.member_id
        return said


class TogetherForm(Refusable, forms.Form):
    """One answer for many."""

    common = forms.CharField(
        label=_("Common answer"), max_length=batching.LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class WriteUpForm(Refusable, forms.Form):
    """What many asked, in our words."""

    title = forms.CharField(label=_("Title"), max_length=writing_up.LONGEST_TITLE)
    answer = forms.CharField(label=_("Answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))


class PostForm(WriteUpForm):
    """A question of the community with its answer."""

    space = forms.ChoiceField(label=_("Space"))
    question = forms.CharField(
        label=_("Question, in our words"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order = ("space", "title", "question", "answer")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spaces = spaces_visible_to(viewer).filter(kind=Space.Kind.QUESTION, is_archived=False)
        self.known = {space.slug: space for space in spaces if can_open_topic(viewer, space)}
        field = self.fields["space"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (slug, space.name.get(viewer.language) or space.name.get("ja") or slug)
            for slug, space in self.known.items()
        ]


def is_apart(inquiry: Inquiry, text: str) -> bool:
    """Tell whether an inquiry also asks what should be answered by itself."""
    said = f"{inquiry.title}\n{text}".casefold()
    return any(word in said for word in ("解約", "退会", "返金", "苦情", "クレーム", "cancel", "refund", "complain"))
