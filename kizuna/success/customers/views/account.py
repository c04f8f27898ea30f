"""One customer: everything at a glance, the timeline, notes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.api.paging import BadCursor
from kizuna.base.registry import AccountAction, AccountLine, AccountPart, Person, of
from kizuna.base.web.opened import Opened, Standing
from kizuna.core.audit import actions as audit
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.core.members.views.saving import acted, status_of
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.privacy.queries import consents
from kizuna.success.customers import actions, policies, seeing, steps, wording
from kizuna.success.customers import people as mapping
from kizuna.success.customers.forms import NoteForm
from kizuna.success.customers.models import Account, AccountAttribute, Contact, Contract, Employment, Purchase
from kizuna.success.customers.queries import account as reading
from kizuna.success.customers.queries import merging, opening, timeline, visible
from kizuna.success.customers.queries.ruling import views_by_rule
from kizuna.success.customers.views.gates import readers, workers

FEW = 8
MOST_STEPS = 6


@readers
@require_GET
def customer(request: Request, account_id: int) -> HttpResponse:
    """Show one customer."""
    viewer, now = request.viewer, timezone.now()
    glance = reading.glance_of(viewer, account_id)
    account, today = glance.account, local_day(now)
    _note_viewing(request, "customer", ("account", account.pk))
    known = steps.known_of(viewer, account, has=glance.has)
    shown = mapping.map_of(viewer, account, list(known.people), now=now)
    found = steps.steps_of(viewer, account, known, now=now)
    next_steps, put_off = steps.parted(found, account, today=today, has=glance.has)
    page = timeline.timeline_of(viewer, account=account, limit=FEW)
    context = {
        **head(request, account, "overview", people=known.people),
        "left": wording.days_left(account.renews_on, today=today),
        "notice_left": wording.days_left(account.notice_by, today=today),
        "steps": next_steps[:MOST_STEPS],
        "other_steps": len(next_steps[:MOST_STEPS]) - 1,
        "put_off": put_off,
        "people": shown,
        "people_summary": mapping.summary_of(viewer, shown, now=now),
        "questions": known.questions,
        "contracts": [_contract(viewer, contract) for contract in known.contracts],
        "success": known.success,
        "lines": facts_of(of(AccountLine), viewer=viewer, account_id=account.pk),
        "entries": [_entry(entry) for entry in page.entries],
        **_rare(viewer, glance),
        "rule_views": views_by_rule(viewer),
        "note_form": NoteForm(),
        "parts": _parts(request, account),
    }
    return render(request, "customers/customer.html", context)


def _rare(viewer: Viewer, glance: reading.Glance) -> dict[str, Any]:
    """Return what most customers have none of; what there is none of is not asked for."""
    account, has = glance.account, glance.has
    fields = (
        reading.attributes_of(viewer, account)
        if "values" in has
        else [(field, None) for field in reading.attributes_seen_by(viewer)]
    )
    sees_domains = "domains" in has and seeing.sees(viewer, seeing.CONTACT)
    below = account.children.exclude(state=Account.State.MERGED).order_by("reading", "id")
    return {
        "billed": reading.billed_contracts_of(account) if "billed" in has else [],
        "purchases": [
            {
                "purchase": item,
                "kind": wording.PURCHASES[Purchase.Kind(item.kind)],
                "is_return": item.kind == Purchase.Kind.RETURN,
                "amount": wording.money_seen(viewer, item.amount, item.currency) if item.amount else "",
            }
            for item in (reading.purchases_of(account) if "purchases" in has else ())
        ],
        "fields": [_field(field, value, viewer.language) for field, value in fields],
        "domains": list(account.domains.order_by("domain")) if sees_domains else [],
        "children": list(below[:20]) if "children" in has else [],
        "merges": merging.merges_of(viewer, account) if "merges" in has else [],
    }


@readers
@require_GET
def account_timeline(request: Request, account_id: int) -> HttpResponse:
    """Show the timeline of a customer: by channel, by words, from a place."""
    account = visible.account_for(request.viewer, account_id)
    _note_viewing(request, "timeline", ("account", account.pk))
    context = {
        **head(request, account, "timeline"),
        **_timeline(request, account=account),
        "note_form": NoteForm(),
    }
    return render(request, "customers/timeline.html", context)


@readers
@require_GET
def contact(request: Request, contact_id: int) -> HttpResponse:
    """Show a person: where they work and worked, which member they are, their timeline."""
    person = visible.contact_for(request.viewer, contact_id)
    _note_viewing(request, "contact", ("contact", person.pk))
    context = {
        "contact": person,
        "employments": reading.employments_of(person),
        "sees": seeing.seen(request.viewer),
        "consents": consents.consent_lines(Person(contact_id=person.pk), now=timezone.now()),
        "may_work": policies.can_work(request.viewer),
        **_timeline(request, contact=person),
    }
    return render(request, "customers/contact.html", context)


@readers
@require_GET
def touchpoint(request: Request, touch_id: int) -> HttpResponse:
    """Lead from a permalink to the place in the timeline."""
    touch = timeline.touchpoint_for(request.viewer, touch_id)
    if touch is None or touch.account_id is None:
        raise Http404
    query = urlencode({"after": timeline.place_of(touch)})
    return redirect(f"{reverse('customers:timeline', args=[touch.account_id])}?{query}#t-{touch.pk}")


@workers
@require_POST
def write_note(request: Request, account_id: int) -> HttpResponse:
    """Write a note; a refused one comes back with what was typed."""
    account = visible.account_for(request.viewer, account_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.write_note(
                viewer=request.viewer,
                account=account,
                body=form.cleaned_data["body"],
                is_internal=form.is_internal,
                now=timezone.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The note was saved."))
            return redirect("customers:timeline", account.pk)
    context = {**head(request, account, "timeline"), **_timeline(request, account=account), "note_form": form}
    return render(request, "customers/timeline.html", context, status=422)


@workers
@require_http_methods(["GET", "POST"])
def edit_note(request: Request, note_id: int) -> HttpResponse:
    """Change one's note; below it stands what it was before."""
    note = visible.note_for(request.viewer, note_id)
    initial = {"body": note.body, "visibility": "internal" if note.is_internal else "customer"}
    form = NoteForm(request.POST or None, initial=initial)

    def act() -> str:
        actions.edit_note(
            viewer=request.viewer,
            note=note,
            body=form.cleaned_data["body"],
            is_internal=form.is_internal,
            now=timezone.now(),
            opened=Opened.read(request.POST),
        )
        return reverse("customers:timeline", args=[note.account_id])

    def standing() -> Standing:
        now = visible.note_for(request.viewer, note_id)
        said = {"body": now.body, "visibility": "internal" if now.is_internal else "customer"}
        return Standing(said, opening.note_opened(now))

    outcome = acted(request, form, act=act, done=_("The note was saved."), standing=standing)
    if isinstance(outcome, HttpResponse):
        return outcome
    versions = note.versions.select_related("by").order_by("-at", "-pk")
    context = {"form": form, "note": note, "versions": versions, **outcome}
    return render(request, "customers/note.html", context, status=status_of(form, outcome))


@workers
@require_POST
def remove_note(request: Request, note_id: int) -> HttpResponse:
    """Take a note out of sight."""
    note = visible.note_for(request.viewer, note_id)
    actions.remove_note(viewer=request.viewer, note=note, now=timezone.now())
    messages.success(request, _("The note was removed."))
    return redirect("customers:timeline", note.account_id)


def _note_viewing(request: Request, page: str, subject: tuple[str, int]) -> None:
    audit.note_viewing(actor_id=request.viewer.member_id, page=page, subject=subject, now=timezone.now())


def head(
    request: Request, account: Account, page: str, *, people: Sequence[Employment] | None = None
) -> dict[str, Any]:
    """Return what stands above every page of a customer; `people`: who is known there already."""
    state = Account.State(account.state)
    tabs = [
        (_("Overview"), "overview", "customers:customer"),
        (_("Timeline"), "timeline", "customers:timeline"),
        (_("On a past day"), "past", "customers:past"),
    ]
    people_count, member_count = reading.counted_people(account, people)
    return {
        "account": account,
        "short_name": wording.short_name(account.name),
        "state": wording.STATES[state],
        "state_tone": wording.STATE_TONES.get(state, "line"),
        "kind": wording.KINDS[Account.Kind(account.kind)],
        "sees": seeing.seen(request.viewer),
        "fit": wording.FITS[Account.Fit(account.fit)],
        "amount": wording.money_seen(request.viewer, account.monthly_amount, account.currency),
        "people_count": people_count,
        "member_count": member_count,
        "tabs": [
            {"label": label, "url": reverse(name, args=[account.pk]), "is_current": key == page}
            for label, key, name in tabs
        ],
        "may_work": policies.can_work(request.viewer),
        "deeds": [
            {"label": item.short, "icon": item.icon, "url": item.url(account_id=account.pk)}
            for item in of(AccountAction)
            if account.state != Account.State.MERGED and item.is_shown(viewer=request.viewer)
        ],
    }


def _parts(request: Request, account: Account) -> dict[str, list[dict[str, Any]]]:
    """Return the blocks that other apps declare, by their place."""
    now = timezone.now()
    found: dict[str, list[dict[str, Any]]] = {"main": [], "side": []}
    for part in of(AccountPart):
        values = part.values(viewer=request.viewer, account=account, now=now)
        if values is not None:
            found[part.place].append({"template": part.template, "values": values})
    return found


def _timeline(request: Request, *, account: Account | None = None, contact: Contact | None = None) -> dict[str, Any]:
    channels = {item.name: item for item in timeline.channels()}
    channel = request.GET.get("channel", "")
    channel = channel if channel in channels else ""
    text = request.GET.get("q", "")[:100].replace("\x00", "").strip()
    after = request.GET.get("after", "")[:400]
    try:
        page = timeline.timeline_of(
            request.viewer, account=account, contact=contact, channel=channel, text=text, after=after
        )
    except BadCursor:
        raise Http404 from None
    kept = {name: value for name, value in (("channel", channel), ("q", text)) if value}
    said = {"q": text} if text else {}
    chips = [{"label": _("All channels"), "url": f"?{urlencode(said)}", "is_current": not channel}]
    chips += [
        {"label": item.label, "url": f"?{urlencode({**said, 'channel': name})}", "is_current": name == channel}
        for name, item in channels.items()
    ]
    return {
        "entries": [_entry(entry) for entry in page.entries],
        "channel_chips": chips,
        "channel": channel,
        "text": text,
        "is_later": bool(after),
        "next_url": f"?{urlencode({**kept, 'after': page.after})}" if page.after else "",
    }


def _entry(entry: timeline.Entry) -> dict[str, Any]:
    """Return a line of the timeline as plain values."""
    touch, note = entry.touch, entry.note
    channel = next((item for item in timeline.channels() if item.name == touch.channel), None)
    person = touch.contact.name if touch.contact else touch.member.name if touch.member else ""
    if note is not None and note.author:
        person = note.author.name
    said = channel.says.get(touch.kind) if channel else None
    return {
        "touch": touch,
        "note": note,
        "day": timezone.localtime(touch.at).date(),
        "icon": channel.icon if channel else "circle",
        "color": channel.color if channel else "",
        "channel": channel.label if channel else touch.channel,
        "said": (str(said) % {"name": person}) if said else touch.kind,
        "title": entry.title,
        "url": entry.url,
        "excerpt": entry.excerpt,
        "is_internal": touch.is_internal,
        "is_shown": not touch.is_internal and channel is not None and channel.says_who_may_read,
    }


def _contract(viewer: Viewer, contract: Contract) -> dict[str, Any]:
    lines = [
        {
            "line": item,
            "price": wording.money_seen(viewer, item.unit_price, contract.currency),
        }
        for item in contract.lines.all()
    ]
    return {"contract": contract, "billing": wording.BILLINGS[Contract.Billing(contract.billing)], "lines": lines}


def facts_of(declared: Sequence[Any], *, viewer: Viewer, **about: Any) -> list[dict[str, str]]:
    """Return what apps above know of a customer or a contract in one line each."""
    said = []
    for item in declared:
        found = item.line(viewer=viewer, language=viewer.language, **about)
        if found is not None:
            words, meaning, url = found
            said.append({"label": str(item.label), "words": words, "meaning": meaning, "url": url})
    return said


def _field(field: AccountAttribute, value: Any, language: str) -> dict[str, Any]:
    label = field.label.get(language) or next((text for text in field.label.values() if text), field.slug)
    if isinstance(value, bool):
        value = _("Yes") if value else _("No")
    return {"label": label, "value": "" if value is None else value}
