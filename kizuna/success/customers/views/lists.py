"""The list of customers: saved views, filters, columns, order, bulk changes, CSV."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any, BinaryIO
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from kizuna.base import tables
from kizuna.base.api.paging import BadCursor
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions, policies, seeing, wording
from kizuna.success.customers.forms import OwnerForm
from kizuna.success.customers.models import Account, SavedView
from kizuna.success.customers.queries import lists, visible
from kizuna.success.customers.queries.account import staff
from kizuna.success.customers.queries.lists import ListFilter
from kizuna.success.customers.queries.ruling import Ruling, ruling_for
from kizuna.success.customers.views import cells, rows
from kizuna.success.customers.views.gates import readers, workers

MOST_CHOSEN = 500
EXPORTED_AT_ONCE = 2000
LONGEST_WORKBOOK = 20_000
CP932 = "cp932"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@readers
@require_GET
def customers(request: Request) -> HttpResponse:
    """Show a part of the list."""
    viewer, now = request.viewer, timezone.now()
    today, may_work = local_day(now), policies.can_work(viewer)
    wanted, ruled = _asked(request, request.GET)
    after = request.GET.get("after", "")[:400]
    try:
        page = lists.page_of_accounts(viewer, wanted, today=today, after=after, ruling=ruled)
    except BadCursor:
        raise Http404 from None
    query = urlencode(wanted.query())
    total, counted = _total(request, page, wanted, ruled, today=today)
    context = {
        "rows": cells.rows_of(page.accounts, wanted.columns, today=today, now=now, may_choose=may_work),
        "heads": rows.heads(wanted),
        "wanted": wanted,
        "total": total,
        "is_more": total > counted,
        "counted": f"{counted:,}",
        "next_url": f"?{urlencode([*wanted.query(), ('of', total), ('after', page.after)])}" if page.after else "",
        "query": query,
        "tabs": _tabs(request, wanted),
        "chips": rows.chips(wanted),
        "choices": _choices(viewer, wanted),
        "columns": rows.column_choices(viewer, wanted),
        "may_work": may_work,
        "bulk_deeds": rows.bulk_deeds(viewer),
        "own_view": _own_view(request, wanted, ruled),
        **_ruled(request, wanted, ruled),
    }
    return render(request, "customers/list.html", context)


@readers
@require_GET
def export(request: Request) -> HttpResponseBase:
    """Send the whole list as CSV, with every column: UTF-8, or Shift_JIS when asked for. The export is noted."""
    if request.GET.get("as") == CP932:
        return _in_cp932(request)
    response = StreamingHttpResponse(
        tables.csv_lines(*_table(request.viewer, _exported(request))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="customers.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _in_cp932(request: Request) -> HttpResponseBase:
    """Send the list in Shift_JIS. What that cannot hold is told first; a 〓 stands for it."""
    made: BinaryIO = TemporaryFile()  # the response closes it, and then it is gone
    lost = tables.write_csv(made, *_table(request.viewer, _exported(request)), encoding=CP932).unholdable
    if lost and request.GET.get("sure") != "1":
        made.close()
        query = request.GET.copy()
        query["sure"] = "1"
        plain = {name: value for name, value in request.GET.items() if name != "as"}
        context = {"lost": lost[:100], "sure": f"?{query.urlencode()}", "plain": f"?{urlencode(plain)}"}
        return render(request, "customers/lost.html", context)
    made.seek(0)
    response = FileResponse(
        made, as_attachment=True, filename="customers.csv", content_type="text/csv; charset=Shift_JIS"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@readers
@require_GET
def export_workbook(request: Request) -> HttpResponseBase:
    """Send the list as a workbook, with every column, when it is not too long for one. The export is noted."""
    accounts = _exported(request)
    if accounts.order_by()[: LONGEST_WORKBOOK + 1].count() > LONGEST_WORKBOOK:
        said = _("A workbook holds at most %(n)s customers here. Please export CSV, or narrow the list.")
        messages.error(request, said % {"n": f"{LONGEST_WORKBOOK:,}"})
        return redirect(f"{reverse('customers:list')}?{request.GET.urlencode()}")
    made = NamedTemporaryFile(suffix=".xlsx")  # the response closes it, and then it is gone
    tables.write_xlsx(Path(made.name), *_table(request.viewer, accounts))
    response = FileResponse(made, content_type=WORKBOOK)
    response["Content-Disposition"] = 'attachment; filename="customers.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@workers
@require_POST
def bulk(request: Request) -> HttpResponse:
    """Change chosen customers: first what would change, then the change."""
    viewer, now = request.viewer, timezone.now()
    ids = [number for number in map(whole, request.POST.getlist("id")[:MOST_CHOSEN]) if number is not None]
    chosen = list(
        visible.accounts_visible_to(viewer).filter(pk__in=ids).select_related("owner").order_by("reading", "id")
    )
    back = _back(request)
    if not chosen:
        messages.error(request, _("Please choose customers first."))
        return redirect(back)
    what = request.POST.get("do", "")
    if what in ("touch_on", "touch_off"):
        count = actions.set_community_touch(viewer=viewer, account_ids=ids, is_on=what == "touch_on", now=now)
        messages.success(
            request, ngettext("%(n)d customer was changed.", "%(n)d customers were changed.", count) % {"n": count}
        )
        return redirect(back)
    form = OwnerForm(request.POST if "owner" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            changed = actions.set_owner(viewer=viewer, account_ids=ids, owner_id=form.owner_id(), now=now)
        except Refused as refused:
            form.refuse(refused)
        else:
            count = len(changed)
            messages.success(
                request, ngettext("%(n)d customer was changed.", "%(n)d customers were changed.", count) % {"n": count}
            )
            return redirect(back)
    context = {"chosen": chosen, "form": form, "back": back, "back_query": request.POST.get("back", "")}
    return render(request, "customers/bulk.html", context, status=422 if form.errors else 200)


@readers
@require_POST
def save_view(request: Request) -> HttpResponse:
    """Keep the list as it is under a name, its rule with it."""
    wanted, ruled = _asked(request, request.POST)
    query = urlencode(wanted.without_rule().query())
    if ruled.is_unreadable:
        raise Http404
    if ruled.hidden:
        messages.error(request, _hidden_words(ruled.hidden))
        return redirect(f"{reverse('customers:list')}?{urlencode(wanted.query())}")
    try:
        view = actions.save_view(
            viewer=request.viewer,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
            now=timezone.now(),
            rule=ruled.rule.to_json() if ruled.rule else None,
        )
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect(f"{reverse('customers:list')}?{urlencode(wanted.query())}")
    messages.success(request, _("The view was saved."))
    return redirect(f"{reverse('customers:list')}?{view.address}")


@readers
@require_POST
def delete_view(request: Request, view_id: int) -> HttpResponse:
    """Forget a saved view."""
    view = visible.views_visible_to(request.viewer).filter(pk=view_id).first()
    if view is None:
        raise Http404
    actions.delete_view(viewer=request.viewer, view=view)
    messages.success(request, _("The view was deleted."))
    return redirect("customers:list")


def _asked(request: Request, said: QueryDict) -> tuple[ListFilter, Ruling]:
    """Return what an address or a form asks for, with its rule. Raises Http404 for a view that is not the viewer's to see."""
    wanted = ListFilter.of(said, columns=said.getlist("col")).seen_by(request.viewer)
    return wanted, ruling_for(request.viewer, view=wanted.view, word=wanted.rule)


def _total(
    request: Request, page: lists.AccountPage, wanted: ListFilter, ruled: Ruling, *, today: date
) -> tuple[int, int]:
    """Return how many there are, and up to which number that is exact. Only the first part counts; it tells those behind."""
    told = whole(request.GET.get("of")) if request.GET.get("after") else None
    if page.total is not None:
        return page.total, lists.FEW
    if told is not None or (not page.after and not request.GET.get("after")):
        return len(page.accounts) if told is None else told, lists.COUNTED
    return lists.counted(lists.filtered(request.viewer, wanted, today=today, ruling=ruled)), lists.COUNTED


def _ruled(request: Request, wanted: ListFilter, ruled: Ruling) -> dict[str, Any]:
    """Return what the page says of the rule: in words, or what keeps it from being asked."""
    language, hidden = request.viewer.language, {*ruled.hidden, *wanted.hidden_groups(request.viewer)}
    return {
        "hidden": _hidden_words(hidden) if hidden else "",
        "sentence": ruled.sentence(language),
        "is_stopped": ruled.is_stopped or bool(hidden),
        "missing": ruled.missing(language),
        "is_unreadable": ruled.is_unreadable,
        "rule_url": f"{reverse('customers:rule')}?{urlencode(wanted.query())}",
        "plain_url": f"?{urlencode(wanted.without_rule().query())}",
        "has_rule": wanted.has_rule,
    }


def _hidden_words(groups: Iterable[str]) -> str:
    words = _("The conditions rest on “%(groups)s”, which your role does not see. Nobody is listed while they stand.")
    return words % {"groups": "・".join(seeing.labels(groups))}


def _own_view(request: Request, wanted: ListFilter, ruled: Ruling) -> SavedView | None:
    query, member_id = urlencode(wanted.query()), request.viewer.member_id
    if ruled.view is not None:
        return ruled.view if ruled.view.owner_id == member_id else None
    if not query or wanted.rule:
        return None
    own = visible.views_visible_to(request.viewer).filter(owner_id=member_id, rule__isnull=True)
    return own.filter(query=query).first()


def _back(request: Request) -> str:
    """Return the address of the list that a form stood on."""
    said = QueryDict(request.POST.get("back", "")[:8000])
    query = urlencode(ListFilter.of(said, columns=said.getlist("col")).query())
    return f"{reverse('customers:list')}?{query}" if query else reverse("customers:list")


def _exported(request: Request) -> QuerySet[Account]:
    """Return the whole list in its order of names, and note who takes it out of the house."""
    viewer, now = request.viewer, timezone.now()
    wanted, ruled = _asked(request, request.GET)
    accounts = lists.filtered(viewer, wanted, today=local_day(now), ruling=ruled)
    actions.note_export(viewer=viewer, query=urlencode(wanted.query()), now=now)
    return accounts.order_by("reading", "id").select_related("owner")


def _tabs(request: Request, wanted: ListFilter) -> list[dict[str, Any]]:
    query = urlencode(wanted.query())
    fixed = [
        (_("All"), ""),
        (_("Mine"), "owner=me"),
        (_("Renewal within 90 days"), "renews=90&sort=renewal"),
        (_("Notice within 30 days"), "notice=30&sort=notice"),
        (_("Without owner"), "owner=none"),
    ]
    saved = list(visible.views_visible_to(request.viewer).order_by("name", "pk")[:20])
    tabs = [(label, address, address == query) for label, address in fixed]
    tabs += [(view.name, view.address, wanted.view == view.pk or view.address == query) for view in saved]
    return [
        {"label": label, "url": f"?{address}" if address else reverse("customers:list"), "is_current": is_current}
        for label, address, is_current in tabs
    ]


def _choices(viewer: Viewer, wanted: ListFilter) -> list[dict[str, Any]]:
    """Return the selects of the filter, each with its options."""
    hidden = seeing.hidden_fields(viewer)
    team = [
        ("me", _("Me")),
        ("none", pgettext("owner", "Nobody")),
        *((str(member.pk), member.name) for member in staff()),
    ]
    days = [(str(days), ngettext("within %(n)d day", "within %(n)d days", days) % {"n": days}) for days in lists.DAYS]
    sorts = [
        ("name", _("Name")),
        ("renewal", _("Term ends")),
        ("notice", _("Notice deadline")),
        ("amount", _("Amount a month")),
        ("touch", _("Last touch")),
    ]
    said: list[tuple[str, str, list[Any], str]] = [
        ("owner", _("Account owner"), team, wanted.owner),
        ("state", _("State"), list(wording.STATES.items()), wanted.state),
        ("renews", _("Term ends"), days, str(wanted.renews_within or "")),
        ("notice", _("Notice deadline"), days, str(wanted.notice_within or "")),
        ("fit", _("Fit"), list(wording.FITS.items()), wanted.fit),
        ("kind", _("Kind of customer"), list(wording.KINDS.items()), wanted.kind),
    ]
    selects = [
        {"name": name, "label": label, "options": [("", _("Any")), *options], "value": value}
        for name, label, options, value in said
        if name not in hidden
    ]
    orders = [(name, label) for name, label in sorts if name not in hidden]
    return [*selects, {"name": "sort", "label": _("Order"), "options": orders, "value": wanted.sort}]


def _table(viewer: Viewer, accounts: QuerySet[Account]) -> tuple[list[str], Iterator[list[Any]]]:
    names = rows.export_names(viewer)
    heads = [str(label) for label in rows.export_heads(names)]
    return heads, (rows.export_row(account, names) for account in accounts.iterator(chunk_size=EXPORTED_AT_ONCE))
