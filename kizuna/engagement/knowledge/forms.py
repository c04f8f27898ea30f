"""Forms of articles."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.dates import DayField
from kizuna.base.web.numbers import whole
from kizuna.core.community.settings import in_language
from kizuna.core.files.attaching import AttachingForm
from kizuna.core.members.models import Audience, Member
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.knowledge.actions import Content
from kizuna.engagement.knowledge.models import Article, ArticleFeedback, Category

MONTHS_TO_REVIEW = 3
REASONS = [
    (ArticleFeedback.Reason.STEPS_FAIL, _("The steps do not work for me")),
    (ArticleFeedback.Reason.NOT_FOUND, _("I cannot find that setting")),
    (ArticleFeedback.Reason.OTHER_SUBJECT, _("This is not what I wanted to know")),
    (ArticleFeedback.Reason.HARD_WORDS, _("The words are difficult")),
]


class ArticleForm(AttachingForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(Article.Kind.ARTICLE, _("Article")), (Article.Kind.FAQ, _("Frequent question"))]
    )
    short_answer = forms.CharField(
        label=_("Short answer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences, shown above the text and in search."),
    )
    body = forms.CharField(
        label=_("Text"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 16})
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    new_category = forms.CharField(label=_("New category"), max_length=40, required=False)
    tags = forms.CharField(label=_("Tags"), max_length=300, required=False, help_text=_("Separated by commas."))
    audience = forms.ChoiceField(label=_("Who may read"))
    owner = forms.ChoiceField(label=_("Owner"), help_text=_("Answers for the article and hears what readers say."))
    review_on = DayField(label=_("Next review"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = viewer.language
        categories = [(str(item.pk), in_language(item.name, language)) for item in Category.objects.all()]
        self.fields["category"].choices = [("", _("None")), *categories]
        audiences = Audience.objects.filter(pk__in=viewer.audience_ids).order_by("id")
        self.fields["audience"].choices = [(str(item.pk), in_language(item.label, language)) for item in audiences]
        staff = (
            Member.objects.filter(role_grants__isnull=False, state=Member.State.ACTIVE)
            .distinct()
            .order_by("kana", "name")
        )
        self.fields["owner"].choices = [(str(member.pk), member.name) for member in staff]

    @staticmethod
    def initial_from(article: Article) -> dict[str, Any]:
        return {
            "title": article.title,
            "kind": article.kind,
            "short_answer": article.short_answer,
            "body": article.body,
            "category": str(article.category_id or ""),
            "tags": ", ".join(article.tags),
            "audience": str(article.audience_id),
            "owner": str(article.owner_id or ""),
            "review_on": article.review_on,
        }

    def content(self, *, category_id: int | None) -> Content:
        """Return what was filled in, as the actions take it."""
        clean = self.cleaned_data
        source_type, _colon, source_id = clean["source"].partition(":")
        return Content(
            title=clean["title"],
            body=clean["body"],
            audience_id=int(clean["audience"]),
            kind=clean["kind"],
            short_answer=clean["short_answer"],
            category_id=category_id or (int(clean["category"]) if clean["category"] else None),
            tags=tuple(tag.strip() for tag in clean["tags"].replace("、", ",").split(",")),
            owner_id=int(clean["owner"]),
            review_on=clean["review_on"],
            source=(source_type, number) if (number := whole(source_id)) is not None else None,
        )


class FeedbackForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Choose what comes closest"), choices=REASONS, required=False, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("In more detail"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your name is seen only by the people who keep this article."),
    )


class ReviewForm(forms.Form):
    review_on = DayField()


def next_review(today: date) -> date:
    """Return the day three months on, which forms suggest."""
    return today + timedelta(days=30 * MONTHS_TO_REVIEW)
