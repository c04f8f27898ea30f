"""What may help an answer; templates that are chosen for it. Everything lands in the draft, by somebody's hand."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.answering import actions, queries, wording
from kizuna.success.answering.actions import batching
from kizuna.success.answering.actions.inserting import does_something
from kizuna.success.customers.views.gates import workers
from kizuna.success.inbox import actions as inbox_actions
from kizuna.success.inbox import doors
from kizuna.success.inbox import queries as inbox
from kizuna.success.inbox.forms import ReplyForm
from kizuna.success.inbox.models import Inquiry, InquiryDraft
from kizuna.success.inbox.views.conversation import page
from kizuna.success.mailbox import facts_in_words
from kizuna.success.mailbox.models import ReplyTemplate
from kizuna.success.mailbox.queries import template_for


@require_GET
@workers
def clues(request: Request, inquiry_id: int) -> HttpResponse:
    """Show what may help; a part of the page where scripts ask for it."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    context = {
        "inquiry": found,
        "clues": queries.clues_for(request.viewer, found, now=timezone.now()),
        "has_door": doors.door_of(found) is not None,
        "crumbs": [{"label": found.title, "url": reverse("inbox:inquiry", args=[found.pk])}],
    }
    is_part = bool(request.headers.get("HX-Request"))
    answer = render(request, "answering/_clues.html" if is_part else "answering/clues.html", context)
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "HX-Request, Cookie"
    return answer


@require_POST
@workers
def insert(request: Request, inquiry_id: int) -> HttpResponse:
    """Put one of them into the draft, with its link where the customer can open it."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    wanted = request.POST.get("clue", "")[:40]
    return _added(request, found, lambda: _insert(request, found, wanted))


@require_GET
@workers
def choose(request: Request, inquiry_id: int) -> HttpResponse:
    """Show the templates filled in for one inquiry."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    text = request.GET.get("q", "")[:100]
    rows = list(queries.templates_for(request.viewer, text=text)[:50])
    facts, macros = queries.facts_of(request.viewer, found), queries.macros_for(rows)
    shown = [
        {
            "template": row,
            "text": facts_in_words.filled(row.body, facts),
            "missing": facts_in_words.missing(row.body, facts),
            "acts": wording.acts_of(macros.get(row.pk)),
            "is_own": row.pk in macros and macros[row.pk].member_id is not None,
        }
        for row in rows
    ]
    crumbs = [{"label": found.title, "url": reverse("inbox:inquiry", args=[found.pk])}]
    return render(request, "answering/choose.html", {"inquiry": found, "rows": shown, "q": text, "crumbs": crumbs})


@require_POST
@workers
def use(request: Request, inquiry_id: int, template_id: int) -> HttpResponse:
    """Put a template, filled in, into the draft of an answer."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    template = template_for(request.viewer, template_id)
    return _added(request, found, lambda: _use(request, found, template))


@require_POST
@workers
def drop(request: Request, inquiry_id: int) -> HttpResponse:
    """Let nothing follow the answer."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    return _added(request, found, lambda: actions.drop_acts(viewer=request.viewer, inquiry=found))


def _insert(request: Request, found: Inquiry, wanted: str) -> None:
    now = timezone.now()
    clue = next((one for one in queries.clues_for(request.viewer, found, now=now) if one.key == wanted), None)
    if clue is None or not clue.text:
        messages.error(request, _("This cannot be put into an answer to this customer."))
        return
    actions.insert(viewer=request.viewer, inquiry=found, text=clue.text, link=clue.link, now=now)
    messages.success(request, _("It stands in your draft. Please read it before you send it."))


def _use(request: Request, found: Inquiry, template: ReplyTemplate) -> None:
    actions.use_template(viewer=request.viewer, inquiry=found, template=template, now=timezone.now())
    if does_something(queries.macro_of(template)):
        messages.success(request, _("The template stands in your draft. What it does follows when the answer is out."))


def _added(request: Request, found: Inquiry, add: Callable[[], None]) -> HttpResponse:
    """Keep what is written, add to it, and go back to it; a refusal stands at the field, with all that was typed."""
    try:
        _keep_what_is_written(request, found)
        add()
    except Refused as refused:
        return _refused(request, found, refused)
    return redirect(f"{reverse('inbox:inquiry', args=[found.pk])}#reply")


def _refused(request: Request, found: Inquiry, refused: Refused) -> HttpResponse:
    kept = inbox.drafts_of(request.viewer, found).get(InquiryDraft.Kind.REPLY, "")
    form = ReplyForm({"body": request.POST.get("draft", kept), "seen": batching.last_message(found)})
    if form.is_valid() or "body" not in form.errors:
        form.refuse(refused)
    return page(request, found, status=422, reply=form)


def _keep_what_is_written(request: Request, found: Inquiry) -> None:
    """Keep the text as it stands in the browser, which the draft of the server may not have yet."""
    if "draft" in request.POST:
        reply, body = InquiryDraft.Kind.REPLY, request.POST["draft"]
        inbox_actions.save_draft(viewer=request.viewer, inquiry=found, kind=reply, body=body, now=timezone.now())
