"""Tasks on the desk: the list, one task with what happened to it, forms, departments."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.api.paging import BadCursor
from kizuna.base.web.numbers import whole
from kizuna.base.web.opened import Opened, Standing
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries import visible
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.customers.views.saving import saved
from kizuna.success.tasks import actions, policies, queries, wording
from kizuna.success.tasks.forms import AnswerForm, DepartmentForm, HandoverForm, TaskForm
from kizuna.success.tasks.models import Task, TaskChange
from kizuna.success.tasks.queries import TaskFilter

EITHER = ["GET", "POST"]
MOST_CHOSEN = 500


@readers
@require_GET
def tasks(request: Request) -> HttpResponse:
    """Show a part of the list."""
    viewer, today = request.viewer, local_day(timezone.now())
    wanted = TaskFilter.of(request.GET)
    try:
        page = queries.page_of_tasks(viewer, wanted, today=today, after=request.GET.get("after", "")[:200])
    except BadCursor:
        raise Http404 from None
    handovers = queries.latest_handovers([task.pk for task in page.tasks])
    context = {
        "rows": wording.rows_of(page.tasks, handovers, today=today, language=viewer.language),
        "next_url": f"?{urlencode([*wanted.query(), ('after', page.after)])}" if page.after else "",
        "tabs": _tabs(wanted),
        "choices": _choices(wanted, viewer.language),
        "account": visible.account_for(viewer, wanted.account_id) if wanted.account_id is not None else None,
        "wanted": wanted,
        "may_define": policies.can_define(viewer),
    }
    return render(request, "tasks/list.html", context)


@readers
@require_GET
def task(request: Request, task_id: int) -> HttpResponse:
    """Show a task: what is to be done, where it lies, what happened."""
    return _task(request, queries.task_for(request.viewer, task_id))


@workers
@require_http_methods(EITHER)
def new_task(request: Request) -> HttpResponse:
    """Make a task for the customer whom the address names."""
    chosen = whole(request.GET.get("account"))
    if chosen is None:
        return redirect(f"{reverse('customers:find')}?then=task")
    account = visible.account_for(request.viewer, chosen)
    form = TaskForm(request.POST or None, account=account, initial={"owner": request.viewer.member_id})
    back = reverse("customers:customer", args=[account.pk])

    def act() -> str:
        actions.make_task(viewer=request.viewer, account=account, fields=form.values(), now=timezone.now())
        return back

    done, title = _("The task was made."), _("New task")
    return saved(request, form, act=act, title=title, back=back, done=done, note=account.name)


@workers
@require_POST
def new_tasks(request: Request) -> HttpResponse:
    """Make the same task for each of several customers: first the form, then the tasks."""
    ids = [number for number in map(whole, request.POST.getlist("id")[:MOST_CHOSEN]) if number is not None]
    seen = visible.accounts_visible_to(request.viewer).exclude(state=Account.State.MERGED)
    chosen = list(seen.filter(pk__in=ids).order_by("reading", "id"))
    if not chosen:
        messages.error(request, _("Please choose customers first."))
        return redirect("customers:list")
    is_sent = "title" in request.POST
    form = TaskForm(request.POST if is_sent else None, account=None, initial={"owner": request.viewer.member_id})
    if is_sent and form.is_valid():
        rows = [{**form.values(), "account_id": account.pk} for account in chosen]
        try:
            count = len(actions.make_tasks(viewer=request.viewer, rows=rows, now=timezone.now()))
        except Refused as refused:
            form.refuse(refused)
        else:
            words = ngettext("%(n)d task was made.", "%(n)d tasks were made.", count) % {"n": count}
            messages.success(request, words)
            return redirect("tasks:list")
    return render(request, "tasks/many.html", {"form": form, "chosen": chosen}, status=422 if form.errors else 200)


@workers
@require_http_methods(EITHER)
def edit_task(request: Request, task_id: int) -> HttpResponse:
    """Change a task."""
    found = queries.task_for(request.viewer, task_id)
    form = TaskForm(request.POST or None, account=found.account, initial=TaskForm.initial_from(found))
    back, done = reverse("tasks:task", args=[found.pk]), _("Saved.")

    def act() -> str:
        actions.change_task(
            viewer=request.viewer,
            task=found,
            fields=form.values(),
            now=timezone.now(),
            opened=Opened.read(request.POST),
        )
        return back

    def standing() -> Standing:
        task = queries.task_for(request.viewer, task_id)
        return Standing(TaskForm.initial_from(task), queries.task_opened(task))

    words = {"title": found.title, "note": found.account.name}
    return saved(request, form, act=act, back=back, done=done, standing=standing, **words)


@workers
@require_POST
def handover(request: Request, task_id: int) -> HttpResponse:
    """Hand a task to a department, or take it back."""
    found = queries.task_for(request.viewer, task_id)
    if "take_back" in request.POST:
        return _acted(
            request,
            lambda: actions.take_back(viewer=request.viewer, task=found, now=timezone.now()),
            _("The task was taken back."),
            found,
        )
    form = HandoverForm(request.POST, language=request.viewer.language)
    if form.is_valid():
        try:
            actions.hand_over(
                viewer=request.viewer,
                task=found,
                department=form.chosen(),
                ask=form.cleaned_data["ask"],
                now=timezone.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The task was handed over. You are told when it comes back."))
            return redirect("tasks:task", found.pk)
    return _task(request, found, handover_form=form)


@readers
@require_POST
def answer(request: Request, task_id: int) -> HttpResponse:
    """Answer for a department; the task goes back to its owner."""
    found = queries.task_for(request.viewer, task_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.answer_handover(
                viewer=request.viewer, task=found, answer=form.cleaned_data["answer"], now=timezone.now()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The answer went back to the owner."))
            return redirect("tasks:task", found.pk)
    return _task(request, found, answer_form=form)


@workers
@require_POST
def closure(request: Request, task_id: int) -> HttpResponse:
    """Finish, drop or reopen a task, and go back to where the button was."""
    found = queries.task_for(request.viewer, task_id)
    deeds: dict[str, tuple[Callable[..., Any], str]] = {
        "done": (actions.complete_task, _("The task is done.")),
        "drop": (actions.drop_task, _("The task was dropped.")),
        "reopen": (actions.reopen_task, _("The task is open again.")),
    }
    act, words = deeds.get(request.POST.get("do", ""), deeds["done"])
    return _acted(request, lambda: act(viewer=request.viewer, task=found, now=timezone.now()), words, found)


@readers
@require_GET
def departments(request: Request) -> HttpResponse:
    """List the departments, for those who may name them."""
    _require_definer(request)
    rows = [
        {"department": item, "name": wording.department_name(item, request.viewer.language)}
        for item in queries.all_departments()
    ]
    return render(request, "tasks/departments.html", {"rows": rows})


@readers
@require_http_methods(EITHER)
def new_department(request: Request) -> HttpResponse:
    """Name a department."""
    _require_definer(request)
    form = DepartmentForm(request.POST or None)
    del form.fields["is_archived"]
    return _department(request, form, None)


@readers
@require_http_methods(EITHER)
def edit_department(request: Request, department_id: int) -> HttpResponse:
    """Change a department: its name, who is told, whether it can be chosen."""
    _require_definer(request)
    found = queries.department_for(department_id)
    initial = {
        "name_ja": found.name.get("ja", ""),
        "name_en": found.name.get("en", ""),
        "members": [str(number) for number in queries.members_of(found)],
        "is_archived": found.is_archived,
    }
    return _department(request, DepartmentForm(request.POST or None, initial=initial), found)


def _department(request: Request, form: DepartmentForm, found: Any) -> HttpResponse:
    back = reverse("tasks:departments")

    def act() -> str:
        form.cleaned_data.setdefault("is_archived", False)
        actions.define_department(viewer=request.viewer, department=found, now=timezone.now(), **form.values())
        return back

    title = wording.department_name(found, request.viewer.language) or _("New department")
    return saved(request, form, act=act, title=title, back=back, done=_("Saved."))


def _require_definer(request: Request) -> None:
    if not policies.can_define(request.viewer):
        raise Http404


def _task(request: Request, found: Task, *, handover_form: Any = None, answer_form: Any = None) -> HttpResponse:
    viewer, today = request.viewer, local_day(timezone.now())
    request.chrome_current = "tasks"
    handovers = queries.handovers_of(found)
    latest = handovers[0] if handovers else None
    is_handed = found.state == Task.State.HANDED
    is_inside = is_handed and queries.is_in_department(viewer, found.department_id)
    form = handover_form or answer_form
    context = {
        **wording.row_of(found, latest, today=today, language=viewer.language),
        "handovers": [
            {"row": row, "department": wording.department_name(row.department, viewer.language)} for row in handovers
        ],
        "changes": [_change(row, viewer.language) for row in queries.changes_of(found)],
        "handover_form": handover_form or HandoverForm(language=viewer.language),
        "answer_form": answer_form or AnswerForm(),
        "may_work": policies.can_work(viewer),
        "may_answer": is_handed and policies.can_answer(viewer, is_member_of_department=is_inside),
    }
    return render(request, "tasks/task.html", context, status=422 if form is not None and form.errors else 200)


def _change(row: TaskChange, language: str) -> dict[str, Any]:
    department = row.handover.department if row.handover else None
    return {
        "row": row,
        "what": wording.HAPPENED[TaskChange.What(row.what)] % {"name": row.by.name if row.by else "Kizuna"},
        "fields": "・".join(str(wording.CHANGED[name]) for name in row.fields if name in wording.CHANGED),
        "department": wording.department_name(department, language),
    }


def _acted(request: Request, act: Callable[[], Any], words: str, found: Task) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, words)
    back = request.POST.get("back", "")
    is_ours = back.startswith("/desk/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else reverse("tasks:task", args=[found.pk]))


def _tabs(wanted: TaskFilter) -> list[dict[str, Any]]:
    fixed = [
        (_("Mine"), TaskFilter(owner="me")),
        (_("Late"), TaskFilter(is_late=True)),
        (_("Came back"), TaskFilter(state="returned")),
        (_("At departments"), TaskFilter(state="handed")),
        (_("Without owner"), TaskFilter(owner="none")),
        (_("All"), TaskFilter()),
    ]
    return [
        {"label": label, "url": f"?{urlencode(item.query())}", "is_current": item == wanted} for label, item in fixed
    ]


def _choices(wanted: TaskFilter, language: str) -> list[dict[str, Any]]:
    team = [("me", _("Me")), ("none", pgettext("owner", "Nobody"))]
    team += [(str(member.pk), member.name) for member in queries.desk_team()]
    places = [(item.slug, wording.department_name(item, language)) for item in queries.all_departments()]
    said = [
        ("owner", pgettext("task", "Owner"), [("", pgettext("task", "Anybody")), *team], wanted.owner),
        ("department", _("Department"), [("", _("Any")), *places], wanted.department),
        ("state", _("State"), list(wording.FILTERS.items()), wanted.state),
    ]
    return [{"name": name, "label": label, "options": options, "value": value} for name, label, options, value in said]
