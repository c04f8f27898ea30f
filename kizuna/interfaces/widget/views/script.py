"""The script itself: the same for everybody, kept by browsers."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_GET

from kizuna.interfaces.widget.built import script

AGE = "public, max-age=3600, stale-while-revalidate=86400"


@require_GET
def widget(request: HttpRequest) -> HttpResponse:
    """Answer with the script. Its number is the version of what it promises to pages around it."""
    served = script()
    headers = {
        "Cache-Control": AGE,
        "ETag": served.etag,
        "Vary": "Accept-Encoding",
        # Pages that isolate themselves may load it, too.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if served.etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        served.packed if packed else served.plain, content_type="text/javascript; charset=utf-8", headers=headers
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
