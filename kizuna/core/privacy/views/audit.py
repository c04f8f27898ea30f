"""Studio: who did, saw and took out what."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from kizuna.base.registry import audit_words
from kizuna.base.tables import csv_lines
from kizuna.base.web.numbers import whole
from kizuna.core.audit import actions as audit
from kizuna.core.members.gates import managers
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy.forms import AuditForm
from kizuna.core.privacy.queries.audit import PAGE, AuditFilter, about_words, entries_visible_to, lines_of
from kizuna.core.privacy.wording import things

EXPORTED_AT_ONCE = 1000


@require_GET
@managers
def log(request: Request) -> HttpResponse:
    """Show a part of the log, the latest first."""
    audit.seal()
    form = AuditForm(request.GET)
    wanted, query = form.wanted(), ""
    before = whole(request.GET.get("before", ""))
    found = list(entries_visible_to(request.viewer, wanted, before=before)[: PAGE + 1])
    query = urlencode(wanted.query())
    context = {
        "form": form,
        "lines": [
            {
                "line": line,
                "only_who": _only(wanted, who=line.handle) if line.handle and line.handle != wanted.who else "",
                "only_about": _only(wanted, about=line.target) if line.target and not wanted.about else "",
            }
            for line in lines_of(request.viewer, found[:PAGE])
        ],
        "query": query,
        "chosen": [
            {"label": label, "url": _only(wanted, **{name: without})}
            for name, label, without in _chosen(request, wanted)
        ],
        "next_url": f"?{urlencode([*wanted.query(), ('before', found[PAGE - 1].number)])}" if len(found) > PAGE else "",
    }
    return render(request, "privacy/audit.html", context)


def _only(wanted: AuditFilter, **changed: Any) -> str:
    """Return the address of the list with some parts of its filter changed."""
    return f"{reverse('privacy:audit')}?{urlencode(replace(wanted, **changed).query())}"


def _chosen(request: Request, wanted: AuditFilter) -> list[tuple[str, str, Any]]:
    """Return the parts of the filter: name, words, and what stands there once it is taken away."""
    known = {"action": audit_words("words"), "page": audit_words("pages"), "kind": things()}
    said: list[tuple[str, Any, Any]] = [
        (name, words.get(getattr(wanted, name), getattr(wanted, name)), "") for name, words in known.items()
    ]
    said += [("who", wanted.who, ""), ("about", about_words(request.viewer, wanted.about), "")]
    days = [(_("From"), "since"), (_("Until"), "until")]
    said += [
        (name, f"{word} {date_format(getattr(wanted, name), 'SHORT_DATE_FORMAT')}", None)
        for word, name in days
        if getattr(wanted, name)
    ]
    return [(name, str(label), without) for name, label, without in said if label]


@require_GET
@managers
def export(request: Request) -> HttpResponseBase:
    """Send the log as CSV. That is noted as well."""
    audit.seal()
    viewer, wanted, now = request.viewer, AuditForm(request.GET).wanted(), timezone.now()
    entries_visible_to(viewer, wanted)
    audit.note("audit.exported", actor_id=viewer.member_id, detail=dict(wanted.query()), now=now)
    response = StreamingHttpResponse(
        csv_lines(_heads(), _cells(viewer, wanted)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="audit-{now:%Y%m%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _heads() -> list[str]:
    return [
        pgettext("audit", "Number"),
        _("When"),
        _("By whom"),
        _("What was done"),
        _("About"),
        _("Details"),
        _("Digest"),
    ]


def _cells(viewer: Viewer, wanted: AuditFilter) -> Iterator[list[Any]]:
    before = None
    while found := list(entries_visible_to(viewer, wanted, before=before)[:EXPORTED_AT_ONCE]):
        for line in lines_of(viewer, found):
            entry = line.entry
            yield [entry.number, entry.at.isoformat(), line.who, str(line.what), line.about, line.detail, entry.digest]
        before = found[-1].number
