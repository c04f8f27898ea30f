"""The steps of an import on the Desk."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.requests import Request
from kizuna.success.imports import actions, mending, policies, queries, sight, storing
from kizuna.success.imports.forms import FileForm
from kizuna.success.imports.models import ImportRun, ImportSample
from kizuna.success.imports.records import BAD
from kizuna.success.imports.views import shown
from kizuna.success.imports.views.gates import readers, workers

State, Phase = ImportRun.State, ImportSample.Phase
RUNS_SHOWN = 50
NOT_SEEN = gettext_lazy("This file holds fields of customers that your role does not see.")
PHASES = {"compare": State.REHEARSING, "import": State.RUNNING, "undo": State.UNDOING}
SETTLED = (State.DONE, State.STOPPED, State.FAILED, State.UNDOING, State.UNDONE, State.RUNNING)


@readers
@require_http_methods(["GET", "POST"])
def imports(request: Request) -> HttpResponse:
    """Choose a file; below, what was imported before."""
    may_work = policies.can_import(request.viewer)
    if request.method == "POST":
        policies.require_worker(request.viewer)
    sent, files = request.POST or None, request.FILES or None
    form = FileForm(sent, files, viewer=request.viewer, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("imports:run", _begun(request, form).pk)
        except Refused as refused:
            form.refuse(refused)
    runs = list(queries.runs_visible_to(request.viewer).order_by("-pk")[:RUNS_SHOWN])
    context = {
        "form": form,
        "steps": shown.steps(None),
        "may_work": may_work,
        "runs": [{**shown.head(run, may_work=may_work), "counts": shown.tally(run.counts)} for run in runs],
    }
    return render(request, "imports/imports.html", context, status=422 if form.errors else 200)


@readers
@require_GET
def run(request: Request, run_id: int) -> HttpResponse:
    """Show a run at the step where it stands."""
    found = queries.run_for(request.viewer, run_id)
    if found.state == State.MAPPING:
        return redirect("imports:columns", found.pk)
    is_settled = found.state in SETTLED
    counts = found.counts if is_settled else found.rehearsal
    outcome = shown.chosen_outcome(request.GET.get("rows", ""), counts if not is_settled else {BAD: counts.get(BAD, 0)})
    phase = Phase.RUN if is_settled else Phase.REHEARSAL
    sees_rows = sight.sees_rows(request.viewer, found)
    after = whole(request.GET.get("after")) or 0
    rows, next_url = shown.rows(found, phase=phase, outcome=outcome, after=after) if sees_rows else ([], "")
    context = {
        **shown.head(found, may_work=policies.can_import(request.viewer) and sees_rows),
        "tally": shown.tally(counts),
        "tabs": shown.tabs(found, counts, current=outcome) if not is_settled else [],
        "rows_shown": rows,
        "outcome": outcome,
        "sees_rows": sees_rows,
        "sees_file": sight.sees_file(request.viewer, found),
        "next_url": next_url,
        "bad_count": counts.get(BAD, 0),
        "takeable": sum(counts.get(name, 0) for name in ("new", "changed")),
        "kept": shown.kept(found) if found.undo_counts else [],
        "can_undo": found.is_undoable and found.state in actions.BEGINS[State.UNDOING] and bool(found.position),
    }
    return render(request, "imports/run.html", context)


@workers
@require_http_methods(["GET", "POST"])
def columns(request: Request, run_id: int) -> HttpResponse:
    """Say which column is which field, then compare."""
    found = queries.run_for(request.viewer, run_id)
    if found.state not in (State.MAPPING, State.REHEARSED):
        return redirect("imports:run", found.pk)
    require(sight.sees_file(request.viewer, found), NOT_SEEN)
    refusal = ""
    if request.method == "POST":
        try:
            _choose(request, found)
            return redirect("imports:run", found.pk)
        except Refused as refused:
            refusal = str(refused.reason)
    context = {
        **shown.head(found, may_work=True),
        "columns": shown.columns(found),
        "choices": [
            (name, field.label) for name, field in sight.fields_for(request.viewer, actions.kind_of(found)).items()
        ],
        "fixed": shown.fixed(found),
        "encodings": actions.ENCODINGS,
        "refusal": refusal,
    }
    return render(request, "imports/columns.html", context, status=422 if refusal else 200)


@workers
@require_POST
def step(request: Request, run_id: int) -> HttpResponse:
    """Compare, import, stop, or take back."""
    found, now = queries.run_for(request.viewer, run_id), timezone.now()
    do = request.POST.get("do", "")
    try:
        if do == "stop":
            actions.stop(viewer=request.viewer, run=found)
            messages.success(request, _("It stops after the rows in hand. It can go on later."))
        elif do == "read":
            actions.read_again(viewer=request.viewer, run=found, encoding=request.POST.get("encoding", ""), now=now)
        elif do in PHASES:
            actions.begin_phase(viewer=request.viewer, run=found, state=PHASES[do], now=now)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return redirect("imports:run", found.pk)


@readers
@require_GET
def bad_rows(request: Request, run_id: int) -> HttpResponseBase:
    """Send the bad rows with their reasons, to be mended and brought again."""
    found = queries.run_for(request.viewer, run_id)
    require(sight.sees_file(request.viewer, found), NOT_SEEN)
    format_name = request.GET.get("as", "utf8")
    # A restored database may give a number again, and the folder still hold the file of the one before.
    is_there = found.bad_bytes > 0 and format_name in mending.FORMATS
    written = mending.written(found.pk, format_name) if is_there else None
    if written is None:
        raise Http404
    content, lost = written
    if lost and request.GET.get("sure") != "1":
        content.close()
        address = f"?{urlencode({'as': format_name, 'sure': 1})}"
        return render(
            request, "imports/lost.html", {"run": found, "lost": lost[:100], "count": len(lost), "sure": address}
        )
    ending, kind = mending.FORMATS[format_name]
    name = f"import-{found.pk}-bad.{ending}"
    response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "private, no-store"
    return response


def _begun(request: Request, form: FileForm) -> ImportRun:
    """Keep the file and have it read."""
    upload, viewer, now = form.cleaned_data["file"], request.viewer, timezone.now()
    arriving = storing.Arriving(upload.chunks(storing.PIECE))
    try:
        found = actions.begin_run(
            viewer=viewer,
            kind=form.cleaned_data["kind"],
            file_name=upload.name,
            digest=arriving.digest,
            byte_count=arriving.size,
            now=now,
        )
    except BaseException:
        arriving.drop()
        raise
    arriving.settle(found.pk)
    return actions.begin_phase(viewer=viewer, run=found, state=State.EXAMINING, now=now)


def _choose(request: Request, found: ImportRun) -> None:
    """Take over the choices of every column and begin to compare."""
    viewer, now = request.viewer, timezone.now()
    mapping: dict[str, int] = {}
    for place in range(len(found.columns)):
        name = request.POST.get(f"column-{place}", "")
        if name in mapping:
            raise Refused(_("Two columns cannot be the same field."), field="mapping")
        if name:
            mapping[name] = place
    orders = {str(place): request.POST.get(f"order-{place}", "") for place in range(len(found.columns))}
    clears = request.POST.get("clears_empty") == "1"
    actions.choose_columns(
        viewer=viewer,
        run=found,
        mapping=mapping,
        fixed=_fixed(request),
        orders=orders,
        clears_empty=clears,
        now=now,
    )
    actions.begin_phase(viewer=viewer, run=found, state=State.REHEARSING, now=now)


def _fixed(request: Request) -> dict[str, str]:
    """Return what stands for every row: pairs of field and text of which both were given."""
    found: dict[str, str] = {}
    for place in range(shown.MOST_FIXED):
        name, text = request.POST.get(f"fixed-{place}", ""), request.POST.get(f"fixed-text-{place}", "").strip()
        if name and text:
            if name in found:
                raise Refused(_("Two columns cannot be the same field."), field="fixed")
            found[name] = text
    return found
