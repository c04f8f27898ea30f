"""Forms of customers, people, contracts and what success means."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.base.registry import TermLine, of
from kizuna.base.web.opened import Opened, Standing
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, policies, seeing, wording
from kizuna.success.customers.forms import (
    AccountForm,
    ContactForm,
    ContractForm,
    EmploymentForm,
    LeavingForm,
    LineChangeForm,
    NewContractForm,
    NoticeForm,
    SuccessForm,
    ValuesForm,
)
from kizuna.success.customers.models import Account, Contract, ContractChange
from kizuna.success.customers.queries import account as reading
from kizuna.success.customers.queries import opening, visible
from kizuna.success.customers.views.account import facts_of
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.customers.views.saving import saved

EITHER = ["GET", "POST"]


@workers
@require_http_methods(EITHER)
def new_account(request: Request) -> HttpResponse:
    """Add a customer."""
    form = AccountForm(request.POST or None, initial={"owner": request.viewer.member_id, "fit": Account.Fit.UNKNOWN})
    form.leave_out(seeing.hidden_fields(request.viewer))

    def act() -> str:
        account = actions.create_account(viewer=request.viewer, fields=form.values(), now=timezone.now())
        return _page(account)

    back = reverse("customers:list")
    return saved(request, form, act=act, title=_("Add a customer"), back=back, done=_("The customer was added."))


@workers
@require_http_methods(EITHER)
def edit_account(request: Request, account_id: int) -> HttpResponse:
    """Change a customer's facts."""
    account = visible.account_for(request.viewer, account_id)
    form = AccountForm(request.POST or None, initial=AccountForm.initial_from(account))
    hidden = seeing.hidden_fields(request.viewer)
    form.leave_out(hidden)

    def act() -> str:
        actions.change_account(viewer=request.viewer, account=account, fields=form.values(), **_now(request))
        return _page(account)

    def standing() -> Standing:
        now = visible.account_for(request.viewer, account_id)
        names = [name for name in actions.ACCOUNT_FIELDS if name not in hidden]
        return Standing(AccountForm.initial_from(now), opening.account_opened(now, names))

    back = _page(account)
    return saved(request, form, act=act, title=account.name, back=back, done=_("Saved."), standing=standing)


@workers
@require_http_methods(EITHER)
def edit_values(request: Request, account_id: int) -> HttpResponse:
    """Fill in the manager's own fields."""
    account = visible.account_for(request.viewer, account_id)
    fields = reading.attributes_of(request.viewer, account)
    form = ValuesForm(request.POST or None, fields=fields, language=request.viewer.language)

    def act() -> str:
        actions.set_attributes(viewer=request.viewer, account=account, values=form.values(), **_now(request))
        return _page(account)

    def standing() -> Standing:
        now = reading.attributes_of(request.viewer, account)
        fresh = ValuesForm(fields=now, language=request.viewer.language)
        initial = {slug: field.initial for slug, field in fresh.fields.items()}
        return Standing(initial, opening.values_opened(account, list(initial)))

    title, back = _("Fields of your own"), _page(account)
    return saved(request, form, act=act, title=title, back=back, done=_("Saved."), standing=standing)


@workers
@require_http_methods(EITHER)
def edit_success(request: Request, account_id: int) -> HttpResponse:
    """Write down what success means; the last agreement is the beginning of the next."""
    account = visible.account_for(request.viewer, account_id)
    seeing.require(request.viewer, seeing.JUDGEMENT)

    def standing() -> Standing:
        last = reading.success_of(account)
        initial = opening.values_of(last, opening.AGREED) if last else {}
        return Standing(initial, opening.success_opened(last))

    form = SuccessForm(request.POST or None, initial=standing().initial)

    def act() -> str:
        actions.define_success(viewer=request.viewer, account=account, fields=form.cleaned_data, **_now(request))
        return _page(account)

    words = {"title": _("What success means"), "back": _page(account), "note": account.name}
    return saved(request, form, act=act, done=_("Saved."), standing=standing, **words)


@workers
@require_POST
def verify_domain(request: Request, account_id: int) -> HttpResponse:
    """Say that a domain is this customer's own."""
    account = visible.account_for(request.viewer, account_id)
    try:
        actions.verify_domain(
            viewer=request.viewer, account=account, domain=request.POST.get("domain", "")[:200], now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Members with an address there join this customer from now on."))
    return redirect("customers:customer", account.pk)


@workers
@require_http_methods(EITHER)
def new_contact(request: Request, account_id: int) -> HttpResponse:
    """Add a person at a customer."""
    account = visible.account_for(request.viewer, account_id)
    form = ContactForm(request.POST or None)
    form.leave_out(seeing.hidden_fields(request.viewer))

    def act() -> str:
        actions.add_contact(viewer=request.viewer, account=account, fields=form.cleaned_data, now=timezone.now())
        return _page(account)

    title = _("Add a person")
    return saved(
        request, form, act=act, title=title, back=_page(account), done=_("The person was added."), note=account.name
    )


@workers
@require_http_methods(EITHER)
def edit_contact(request: Request, contact_id: int) -> HttpResponse:
    """Change what is known of a person."""
    contact = visible.contact_for(request.viewer, contact_id)
    names = ("name", "kana", "email", "phone", "recommends")
    form = ContactForm(request.POST or None, initial=opening.values_of(contact, names))
    form.leave_out({"department", "title"})  # these belong to the time at one customer
    form.leave_out(seeing.hidden_fields(request.viewer))
    address = reverse("customers:contact", args=[contact.pk])

    def act() -> str:
        actions.change_contact(viewer=request.viewer, contact=contact, fields=form.cleaned_data, **_now(request))
        return address

    def standing() -> Standing:
        now = visible.contact_for(request.viewer, contact_id)
        return Standing(opening.values_of(now, names), opening.contact_opened(now, list(form.fields)))

    return saved(request, form, act=act, title=contact.name, back=address, done=_("Saved."), standing=standing)


@workers
@require_http_methods(EITHER)
def begin_employment(request: Request, contact_id: int) -> HttpResponse:
    """Say where else a person works, or that their post is another."""
    contact = visible.contact_for(request.viewer, contact_id)
    form = EmploymentForm(request.POST or None)
    address = reverse("customers:contact", args=[contact.pk])

    def act() -> str:
        clean = form.cleaned_data
        account = visible.account_for(request.viewer, clean["account"])
        post = {name: clean[name] for name in ("department", "title", "from_on")}
        actions.begin_employment(viewer=request.viewer, contact=contact, account=account, now=timezone.now(), **post)
        return address

    return saved(request, form, act=act, title=_("Works at"), back=address, done=_("Saved."), note=contact.name)


@workers
@require_http_methods(EITHER)
def end_employment(request: Request, contact_id: int, account_id: int) -> HttpResponse:
    """Say that a person has left a customer, and when."""
    contact, account = visible.contact_for(request.viewer, contact_id), visible.account_for(request.viewer, account_id)
    form = LeavingForm(request.POST or None, initial={"left_on": local_day(timezone.now())})
    address = reverse("customers:contact", args=[contact.pk])

    def act() -> str:
        left_on = form.cleaned_data["left_on"]
        actions.end_employment(
            viewer=request.viewer, contact=contact, account=account, left_on=left_on, now=timezone.now()
        )
        return address

    done = _("Noted. What happened before stays on the timeline.")
    note = f"{contact.name}・{account.name}"
    return saved(request, form, act=act, title=_("Has left"), back=address, done=done, note=note)


@workers
@require_POST
def link_member(request: Request, contact_id: int) -> HttpResponse:
    """Say which member a person is, or take a wrong link back."""
    contact = visible.contact_for(request.viewer, contact_id)
    handle = request.POST.get("handle", "").strip().removeprefix("@")[:30]
    try:
        if "unlink" in request.POST:
            actions.unlink_member(viewer=request.viewer, contact=contact, now=timezone.now())
        elif member := Member.objects.filter(handle=handle, state=Member.State.ACTIVE, is_system=False).first():
            actions.link_member(viewer=request.viewer, contact=contact, member=member, now=timezone.now())
        else:
            raise Refused(_("There is no member with this handle."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Saved."))
    return redirect("customers:contact", contact.pk)


@workers
@require_http_methods(EITHER)
def new_contract(request: Request, account_id: int) -> HttpResponse:
    """Note a contract with its first line."""
    account = visible.account_for(request.viewer, account_id)
    seeing.require(request.viewer, seeing.AMOUNT)
    form = NewContractForm(request.POST or None)

    def act() -> str:
        actions.sign_contract(
            viewer=request.viewer, account=account, fields=form.cleaned_data, lines=[form.line()], now=timezone.now()
        )
        return _page(account)

    title = _("Add a contract")
    return saved(
        request, form, act=act, title=title, back=_page(account), done=_("The contract was added."), note=account.name
    )


@readers
@require_http_methods(["GET"])
def contract(request: Request, contract_id: int) -> HttpResponse:
    """Show a contract: its terms, its lines over time, and what was changed when."""
    found = visible.contract_for(request.viewer, contract_id)
    today = local_day(timezone.now())
    lines = [
        {
            "line": item,
            "amount": wording.money_seen(request.viewer, item.amount, found.currency),
            "holds": item.holds_on(today),
        }
        for item in found.lines.order_by("-starts_on", "pk")
    ]
    changes = [
        {"change": item, "what": wording.CHANGES[ContractChange.What(item.what)]} for item in reading.changes_of(found)
    ]
    context: dict[str, Any] = {
        "contract": found,
        "sees": seeing.seen(request.viewer),
        "billing": wording.BILLINGS[Contract.Billing(found.billing)],
        "left": wording.days_left(found.ends_on, today=today),
        "notice_left": wording.days_left(found.notice_by, today=today),
        "lines": lines,
        "facts": facts_of(of(TermLine), viewer=request.viewer, contract=found),
        "changes": changes,
        "may_work": policies.can_work(request.viewer),
    }
    return render(request, "customers/contract.html", context)


@workers
@require_http_methods(EITHER)
def edit_contract(request: Request, contract_id: int) -> HttpResponse:
    """Change the terms of a contract."""
    found = visible.contract_for(request.viewer, contract_id)
    form = ContractForm(request.POST or None, initial=ContractForm.initial_from(found))
    form.leave_out(seeing.hidden_fields(request.viewer))
    address = reverse("customers:contract", args=[found.pk])

    def act() -> str:
        actions.change_contract(viewer=request.viewer, contract=found, fields=form.cleaned_data, **_now(request))
        return address

    def standing() -> Standing:
        now = visible.contract_for(request.viewer, contract_id)
        opened = opening.contract_opened(now, opening.values_of(now, list(form.fields)))
        return Standing(ContractForm.initial_from(now), opened)

    words = {"title": _("Change the terms"), "back": address, "note": found.account.name}
    return saved(request, form, act=act, done=_("Saved."), standing=standing, **words)


@workers
@require_http_methods(EITHER)
def change_lines(request: Request, contract_id: int) -> HttpResponse:
    """Let another line hold from a day on."""
    found = visible.contract_for(request.viewer, contract_id)
    seeing.require(request.viewer, seeing.AMOUNT)

    def standing() -> Standing:
        last = found.lines.order_by("-starts_on", "-pk").first()
        names = ("product", "plan", "seats", "unit_price", "tax_percent")
        initial = opening.values_of(last, names) if last else {}
        return Standing(initial, opening.contract_opened(found, {"lines": opening.lines_now(found)}))

    today = local_day(timezone.now())
    form = LineChangeForm(request.POST or None, initial={**standing().initial, "from_on": today})
    address = reverse("customers:contract", args=[found.pk])

    def act() -> str:
        said = {"lines": [form.line()], "from_on": form.cleaned_data["from_on"]}
        actions.change_lines(viewer=request.viewer, contract=found, **said, **_now(request))
        return address

    words = {"title": _("Change seats or price"), "back": address, "note": found.account.name}
    return saved(request, form, act=act, done=_("Saved."), standing=standing, **words)


@workers
@require_http_methods(EITHER)
def notice(request: Request, contract_id: int) -> HttpResponse:
    """Note that notice was given, or take it back."""
    found = visible.contract_for(request.viewer, contract_id)
    address = reverse("customers:contract", args=[found.pk])
    if request.method == "POST" and "revoke" in request.POST:
        actions.revoke_notice(viewer=request.viewer, contract=found, now=timezone.now())
        messages.success(request, _("The notice was taken back."))
        return redirect(address)
    form = NoticeForm(
        request.POST or None, initial={"noticed_on": local_day(timezone.now()), "ended_on": found.ends_on}
    )
    form.leave_out(seeing.hidden_fields(request.viewer))

    def act() -> str:
        actions.give_notice(viewer=request.viewer, contract=found, **form.cleaned_data, **_now(request))
        return address

    def standing() -> Standing:
        now = visible.contract_for(request.viewer, contract_id)
        names = [name for name in opening.NOTICE if name != "end_reason" or "reason" in form.fields]
        opened = opening.contract_opened(now, opening.values_of(now, names))
        return Standing({**opening.values_of(now, names), "reason": now.end_reason}, opened)

    words = {"title": _("Note a notice"), "back": address, "note": found.account.name}
    return saved(request, form, act=act, done=_("The notice was noted."), standing=standing, **words)


def _now(request: Request) -> dict[str, Any]:
    """Return when a form is acted on, and what it had been opened on."""
    return {"now": timezone.now(), "opened": Opened.read(request.POST)}


def _page(account: Account) -> str:
    return reverse("customers:customer", args=[account.pk])
