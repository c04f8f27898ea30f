"""Merges, matches, and the manager's own fields."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions, policies, seeing, wording
from kizuna.success.customers.forms import EVERYBODY, FieldForm
from kizuna.success.customers.models import Account, AccountAttribute, MatchDecision, Merge
from kizuna.success.customers.queries import lists, merging, visible
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.customers.views.saving import saved


@workers
@require_http_methods(["GET", "POST"])
def merge(request: Request, account_id: int) -> HttpResponse:
    """Find the other customer, show what would move, then merge."""
    viewer = request.viewer
    kept = visible.account_for(viewer, account_id)
    chosen = whole(request.POST.get("with") or request.GET.get("with"))
    absorbed = visible.account_for(viewer, chosen) if chosen is not None else None
    if request.method == "POST" and absorbed is not None:
        try:
            actions.merge_accounts(viewer=viewer, kept=kept, absorbed=absorbed, now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused.reason))
        else:
            messages.success(request, _("Merged. It can be undone on this page."))
            return redirect("customers:customer", kept.pk)
    text = request.GET.get("q", "")[:100].replace("\x00", "").strip()
    others = lists.by_name(visible.accounts_visible_to(viewer), text) if text else Account.objects.none()
    counts = merging.preview(kept=kept, absorbed=absorbed) if absorbed else {}
    context = {
        "account": kept,
        "absorbed": absorbed,
        "text": text,
        "others": others.exclude(pk=kept.pk).exclude(state=Account.State.MERGED).order_by("reading", "id")[:20],
        "moves": [
            (wording.moved_word(name), count) for name, count in counts.items() if count and _is_told(viewer, name)
        ],
    }
    return render(request, "customers/merge.html", context)


def _is_told(viewer: Viewer, name: str) -> bool:
    """Tell whether the viewer may know how many rows of a kind there are: they go over in any case."""
    group = {"domains": seeing.CONTACT, "successes": seeing.JUDGEMENT}.get(name)
    return group is None or seeing.sees(viewer, group)


@workers
@require_POST
def undo_merge(request: Request, merge_id: int) -> HttpResponse:
    """Undo a merge."""
    found = Merge.objects.filter(pk=merge_id).first()
    if found is None:
        raise Http404
    actions.undo_merge(viewer=request.viewer, merge=found, now=timezone.now())
    messages.success(request, _("The merge was undone."))
    return redirect("customers:customer", found.kept_id)


@readers
@require_GET
def matches(request: Request) -> HttpResponse:
    """List pairs that wait for a person, and what was linked without one."""
    viewer = request.viewer
    context = {
        "waiting": [_match(item) for item in merging.matches_waiting(viewer)],
        "made": [_match(item) for item in merging.matches_made(viewer)],
        "may_work": policies.can_work(viewer),
    }
    return render(request, "customers/matches.html", context)


@workers
@require_POST
def decide(request: Request, match_id: int) -> HttpResponse:
    """Say whether a pair is one. A no is for good."""
    decision = MatchDecision.objects.filter(pk=match_id).first()
    if decision is None:
        raise Http404
    is_one = request.POST.get("is_one") == "1"
    actions.decide_match(viewer=request.viewer, decision=decision, is_one=is_one, now=timezone.now())
    if is_one and decision.subject_type == "account" and whole(decision.subject_key) is not None:
        return redirect(f"{reverse('customers:merge', args=[decision.account_id])}?with={decision.subject_key}")
    messages.success(request, _("Noted.") if is_one else _("Noted. This pair will not be proposed again."))
    return redirect("customers:matches")


@readers
@require_http_methods(["GET", "POST"])
def fields(request: Request) -> HttpResponse:
    """Define fields for customers."""
    if not policies.can_define(request.viewer):
        raise Http404
    viewer = request.viewer
    form = FieldForm(request.POST or None, groups=seeing.choices(viewer))

    def act() -> str:
        clean = form.cleaned_data
        actions.define_attribute(
            viewer=request.viewer,
            slug=clean["slug"],
            label={"ja": clean["label_ja"], "en": clean["label_en"]},
            kind=clean["kind"],
            choices=clean["choices"].splitlines(),
            field_group={"": None, EVERYBODY: ""}.get(clean["field_group"], clean["field_group"]),
            now=timezone.now(),
        )
        return reverse("customers:fields")

    known = [
        {
            "field": item,
            "label": item.label.get(request.viewer.language) or item.slug,
            "kind": wording.ATTRIBUTE_KINDS[AccountAttribute.Kind(item.kind)],
            "group": "".join(seeing.labels([item.field_group])),
        }
        for item in AccountAttribute.objects.filter(is_archived=False).order_by("position", "pk")
        if seeing.sees_attribute(viewer, item)
    ]
    back, title = reverse("customers:list"), _("Fields for customers")
    return saved(request, form, act=act, title=title, back=back, done=_("Saved."), fields=known)


@readers
@require_POST
def archive_field(request: Request, field_id: int) -> HttpResponse:
    """Use a field no more."""
    found = AccountAttribute.objects.filter(pk=field_id).first()
    if found is None or not policies.can_define(request.viewer):
        raise Http404
    actions.archive_attribute(viewer=request.viewer, attribute=found, now=timezone.now())
    messages.success(request, _("The field is used no more. Its values are kept."))
    return redirect("customers:fields")


def _match(decision: MatchDecision) -> dict:
    return {
        "decision": decision,
        "reason": wording.reason_of(decision.reason),
        "percent": round(decision.confidence * 100),
        "is_member": decision.subject_type == "member",
    }
