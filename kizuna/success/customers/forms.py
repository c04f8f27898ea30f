"""Forms of the desk: shape only; the rules are in the actions."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.web.dates import DayField
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.success.customers import wording
from kizuna.success.customers.models import Account, AccountAttribute, Contract
from kizuna.success.customers.queries import account as reading

NOBODY = _("Nobody yet")
EVERYBODY = "everybody"


class Refusable:
    """A form that shows a refused action at the field it concerns."""

    def refuse(self, refused: Refused) -> None:
        """Add the reason of a refusal to its field, or above the form."""
        field = refused.field if refused.field in self.fields else None  # type: ignore[attr-defined]
        self.add_error(field, str(refused.reason))  # type: ignore[attr-defined]

    def leave_out(self, names: Collection[str]) -> None:
        """Do not ask for some fields: what stands in them stays."""
        for name in list(self.fields):  # type: ignore[attr-defined]
            if name in names:
                del self.fields[name]  # type: ignore[attr-defined]


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> DayField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, required=required, widget=widget, help_text=help_text)


def area(
    label: Any, *, rows: int = 3, longest: int = 4000, required: bool = False, help_text: Any = ""
) -> forms.CharField:
    """Return a field for several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=longest, widget=widget, help_text=help_text)


def _account_numbered(text: str) -> int:
    """Return the key of the customer whose own number this is, or, after a #, the number of its page."""
    found = Account.objects.filter(external_id=text).first() if text else None
    number = whole(text.removeprefix("#")) if text.startswith("#") else None
    if found is None and number is not None:
        found = Account.objects.filter(pk=number).first()
    if found is None:
        raise forms.ValidationError(_("There is no customer with this number."))
    return found.pk


class OwnerForm(Refusable, forms.Form):
    owner = forms.ChoiceField(label=_("Account owner"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = [(str(member.pk), member.name) for member in reading.staff()]
        self.fields["owner"].choices = [("", NOBODY), *team]  # type: ignore[attr-defined]

    def owner_id(self) -> int | None:
        """Return who was chosen."""
        return int(self.cleaned_data["owner"]) if self.cleaned_data["owner"] else None


class AccountForm(OwnerForm):
    kind = forms.ChoiceField(label=_("Kind of customer"), choices=list(wording.KINDS.items()))
    name = forms.CharField(label=_("Name"), max_length=160, help_text=_("With its legal form, as on the contract."))
    kana = forms.CharField(label=_("Reading"), max_length=160, required=False, help_text=_("Lists are ordered by it."))
    external_id = forms.CharField(label=_("Customer number"), max_length=120, required=False)
    corporate_number = forms.CharField(label=_("Corporate number"), max_length=20, required=False)
    domains = forms.CharField(
        label=_("Mail domains"),
        max_length=400,
        required=False,
        help_text=_("Separated by spaces. Free mail is left out."),
    )
    aliases = forms.CharField(
        label=_("Other names"),
        max_length=800,
        required=False,
        help_text=_("Separated by commas: short names, shop names."),
    )
    industry = forms.CharField(label=_("Industry"), max_length=60, required=False)
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    employee_count = forms.IntegerField(label=_("Employees"), required=False, min_value=0, max_value=10_000_000)
    parent = forms.CharField(
        label=_("Customer above it"),
        max_length=120,
        required=False,
        help_text=_("Its customer number, such as a parent company's."),
    )
    fit = forms.ChoiceField(label=_("Fit"), choices=list(wording.FITS.items()), required=False)
    fit_reason = forms.CharField(label=_("Why"), max_length=400, required=False)
    community_touch = forms.BooleanField(
        label=_("Community touch"),
        required=False,
        help_text=_("The community is used for this customer beside any tier."),
    )
    field_order = (
        "kind", "name", "kana", "owner", "external_id", "corporate_number", "domains", "aliases", "industry", "region",
        "phone", "employee_count", "parent", "fit", "fit_reason", "community_touch",
    )  # fmt: skip

    @staticmethod
    def initial_from(account: Account) -> dict[str, Any]:
        """Return what the form shows of an account."""
        names = ("kind", "name", "kana", "external_id", "corporate_number", "industry", "region", "phone")
        return {
            **{
                name: getattr(account, name)
                for name in (*names, "employee_count", "fit", "fit_reason", "community_touch")
            },
            "owner": account.owner_id or "",
            "parent": (account.parent.external_id or f"#{account.parent_id}") if account.parent else "",
        }

    def clean_parent(self) -> int | None:
        """Find the customer above by its number."""
        text = self.cleaned_data["parent"].strip()
        return _account_numbered(text) if text else None

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the actions take it."""
        clean = {name: value for name, value in self.cleaned_data.items() if name not in ("owner", "parent")}
        if "fit" in clean:
            clean["fit"] = clean["fit"] or Account.Fit.UNKNOWN
        if "domains" in clean:
            clean["domains"] = clean["domains"].replace(",", " ").split()
        return {
            **clean,
            "owner_id": self.owner_id(),
            "parent_id": self.cleaned_data["parent"],
            "aliases": [text.strip() for text in clean["aliases"].replace("、", ",").split(",") if text.strip()],
        }


class ContactForm(Refusable, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    kana = forms.CharField(label=_("Reading"), max_length=80, required=False)
    email = forms.CharField(label=_("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    department = forms.CharField(label=_("Department"), max_length=80, required=False)
    title = forms.CharField(label=pgettext_lazy("employment", "Post"), max_length=80, required=False)
    recommends = forms.BooleanField(
        label=_("Recommends us"), required=False, help_text=_("Your judgement. The person never sees it.")
    )


class EmploymentForm(Refusable, forms.Form):
    account = forms.CharField(
        label=_("Customer number"),
        max_length=120,
        help_text=_("The number of the customer, or # and the number of its page."),
    )
    department = forms.CharField(label=_("Department"), max_length=80, required=False)
    title = forms.CharField(label=pgettext_lazy("employment", "Post"), max_length=80, required=False)
    from_on = day_field(_("From"), help_text=_("Empty: from today on."))

    def clean_account(self) -> int:
        """Find the customer by its number."""
        return _account_numbered(self.cleaned_data["account"].strip())


class LeavingForm(Refusable, forms.Form):
    left_on = day_field(_("Left on"), required=True, help_text=_("From this day on they are not there."))


class LineForm(Refusable, forms.Form):
    product = forms.CharField(label=_("Product"), max_length=80)
    plan = forms.CharField(label=_("Plan"), max_length=80, required=False)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=10_000_000, initial=1)
    unit_price = forms.IntegerField(
        label=_("Unit price before tax"),
        min_value=0,
        max_value=10**13,
        help_text=_("Per seat and billing period, in yen or cents."),
    )
    tax_percent = forms.IntegerField(label=_("Tax rate (percent)"), min_value=0, max_value=100, initial=10)

    def line(self) -> dict[str, Any]:
        """Return the line of the contract."""
        return {name: self.cleaned_data[name] for name in ("product", "plan", "seats", "unit_price", "tax_percent")}


class ContractForm(Refusable, forms.Form):
    title = forms.CharField(label=pgettext_lazy("contract", "Title"), max_length=120, required=False)
    external_id = forms.CharField(label=_("Contract number"), max_length=120, required=False)
    billing_account_id = forms.CharField(
        label=_("Billed to"),
        max_length=120,
        required=False,
        help_text=_(
            "Where it is another firm, such as a reseller: its customer number, or # and the number of its page."
        ),
    )
    billing = forms.ChoiceField(label=_("Billing"), choices=list(wording.BILLINGS.items()))
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="JPY")
    starts_on = day_field(_("First day"), required=True)
    ends_on = day_field(_("Last day of the term"))
    is_auto_renewed = forms.BooleanField(label=_("Auto-renewal"), required=False, initial=True)
    term_months = forms.IntegerField(label=_("Months of a term"), min_value=1, max_value=120, initial=12)
    notice_by = day_field(_("Notice deadline"), help_text=_("The last day on which notice can be given."))

    @staticmethod
    def initial_from(contract: Contract) -> dict[str, Any]:
        """Return what the form shows of a contract."""
        names = (
            "title",
            "external_id",
            "billing",
            "currency",
            "starts_on",
            "ends_on",
            "is_auto_renewed",
            "term_months",
            "notice_by",
        )
        billed = contract.billing_account
        number = (billed.external_id or f"#{billed.pk}") if billed else ""
        return {**{name: getattr(contract, name) for name in names}, "billing_account_id": number}

    def clean_billing_account_id(self) -> int | None:
        """Find who is billed instead by its number."""
        text = self.cleaned_data["billing_account_id"].strip()
        return _account_numbered(text) if text else None


class NewContractForm(LineForm, ContractForm):
    field_order = (
        "title", "external_id", "product", "plan", "seats", "unit_price", "tax_percent", "billing", "billing_account_id", "currency",
        "starts_on", "ends_on", "is_auto_renewed", "term_months", "notice_by",
    )  # fmt: skip


class LineChangeForm(LineForm):
    from_on = day_field(_("From"), required=True, help_text=_("The lines of the days before stay as they were."))


class NoticeForm(Refusable, forms.Form):
    noticed_on = day_field(_("Notice given on"), required=True)
    ended_on = day_field(_("Last day in force"), required=True)
    reason = forms.CharField(label=_("Reason"), max_length=400, required=False)


class SuccessForm(Refusable, forms.Form):
    problem = area(_("Problem"))
    goal = area(_("Goal"))
    contribution = area(_("What we do for it"))
    criteria = area(_("Reached when"))
    agreed_on = day_field(_("Agreed on"))
    next_review_on = day_field(_("Next review"))


class NoteForm(Refusable, forms.Form):
    body = area(
        pgettext_lazy("customers", "Note"),
        rows=4,
        longest=20_000,
        required=True,
        help_text=_("@handle names a colleague."),
    )
    visibility = forms.ChoiceField(
        label=_("Who may read"),
        choices=[("internal", _("Inside only")), ("customer", _("May be shown to the customer"))],
        initial="internal",
        widget=forms.RadioSelect,
    )

    @property
    def is_internal(self) -> bool:
        return self.cleaned_data["visibility"] == "internal"


class FieldForm(Refusable, forms.Form):
    slug = forms.SlugField(label=_("Name in files and the API"), max_length=40)
    label_ja = forms.CharField(label=_("Label in Japanese"), max_length=60, required=False)
    label_en = forms.CharField(label=_("Label in English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("Kind of field"), choices=list(wording.ATTRIBUTE_KINDS.items()))
    choices = area(_("Choices"), help_text=_("One a line, for a field of the kind “Choice”."))
    field_group = forms.ChoiceField(
        label=_("Belongs to"),
        required=False,
        help_text=_("Who sees it: the roles that see this group of fields."),
    )

    def __init__(self, *args: Any, groups: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fixed = [("", _("As it is; a new one to none")), (EVERYBODY, _("No group: everybody with the desk"))]
        self.fields["field_group"].choices = [*fixed, *groups]  # type: ignore[attr-defined]


class ValuesForm(Refusable, forms.Form):
    """The manager's own fields of one account."""

    def __init__(self, *args: Any, fields: list[tuple[AccountAttribute, Any]], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for attribute, value in fields:
            label = attribute.label.get(language) or next(
                (text for text in attribute.label.values() if text), attribute.slug
            )
            self.fields[attribute.slug] = _field_of(attribute, label, value)

    def values(self) -> dict[str, Any]:
        """Return the values by slug; an empty one clears."""
        words = {"yes": True, "no": False}
        return {
            slug: words.get(value, value) if isinstance(value, str) and self._is_yes_no(slug) else value
            for slug, value in self.cleaned_data.items()
        }

    def _is_yes_no(self, slug: str) -> bool:
        return getattr(self.fields[slug], "is_yes_no", False)


def _field_of(attribute: AccountAttribute, label: str, value: Any) -> forms.Field:
    options: dict[str, Any] = {"label": label, "required": False, "initial": value}
    field: forms.Field
    if attribute.kind == AccountAttribute.Kind.NUMBER:
        field = forms.FloatField(**options)
    elif attribute.kind == AccountAttribute.Kind.DATE:
        field = day_field(label)
        field.initial = date.fromisoformat(value) if value else None
    elif attribute.kind == AccountAttribute.Kind.CHOICE:
        field = forms.ChoiceField(**options, choices=[("", "—"), *((text, text) for text in attribute.choices)])
    elif attribute.kind == AccountAttribute.Kind.YES_NO:
        options["initial"] = {True: "yes", False: "no"}.get(value, "")
        field = forms.ChoiceField(**options, choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
        field.is_yes_no = True  # type: ignore[attr-defined]
    else:
        field = forms.CharField(**options, max_length=400)
    return field
