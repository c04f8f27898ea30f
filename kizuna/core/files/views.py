"""Upload and serve. A file is served after the same question as a page: may this viewer see it?"""

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.files import actions, lending, queries, storage
from kizuna.core.files.models import File
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

# Even if a browser showed it as a page, it could do nothing there.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_POST
def upload(request: Request) -> HttpResponse:
    """Keep one file and answer with its address and the Markdown that shows it."""
    if not request.viewer.is_member:
        return JsonResponse({"error": _("Please sign in to add files.")}, status=401)
    sent = request.FILES.get("file")
    if sent is None:
        return JsonResponse({"error": _("Please choose a file.")}, status=422)
    if sent.size > actions.screening.MAX_DOCUMENT_BYTES:
        return JsonResponse({"error": str(actions.screening.TOO_LARGE)}, status=413)
    try:
        file = actions.store(viewer=request.viewer, name=sent.name, raw=sent.read(), now=timezone.now())
    except Refused as refused:
        return JsonResponse({"error": str(refused.reason)}, status=422)
    except storage.StorageFull:
        full = _("There is no room for the file at the moment. Your text is kept; please try again later.")
        return JsonResponse({"error": full}, status=503, headers={"Retry-After": "120"})
    return JsonResponse(_as_json(file), status=201)


@require_GET
def serve(request: Request, key: str, name: str) -> HttpResponseBase:
    """Send the bytes; `?w=` asks for the nearest smaller copy of an image, `?lent=` opens a file that was lent."""
    try:
        borrowed = lending.lent(key, request.GET.get("lent", ""), now=timezone.now())
    except lending.Expired:
        return render(request, "files/expired.html", {}, status=410)
    file = borrowed or queries.file_for(request.viewer, key)
    width = _variant(file, request.GET.get("w", ""))
    try:
        content = storage.path_of(key, width=width).open("rb")
    except FileNotFoundError:
        return HttpResponse(status=404)
    is_image = file.kind == File.Kind.IMAGE
    response = FileResponse(content, content_type=file.content_type, as_attachment=not is_image, filename=file.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if borrowed is not None:  # whoever holds the link sees it, but nobody else: nothing between keeps it
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
    # Short enough that a file of a place that became private is gone from caches within minutes.
    response.headers["Cache-Control"] = "public, max-age=300" if queries.is_for_everybody(file) else "private, no-cache"
    return response


def _variant(file: File, asked: str) -> int | None:
    wanted = whole(asked)
    return None if wanted is None else next((width for width in file.variants if width >= wanted), None)


def _as_json(file: File) -> dict[str, Any]:
    return {"key": file.key, "url": queries.url_of(file), "name": file.name, "markdown": queries.markdown_of(file)}
