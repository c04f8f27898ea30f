"""The home page and the few addresses every page needs."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from kizuna.base.components.brand import brand_css
from kizuna.base.components.patterns import render_page
from kizuna.base.components.visitors import same_for_visitors
from kizuna.base.hosting.links import absolute_url
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import in_language
from kizuna.core.home import blocks
from kizuna.core.home.chrome import counts_for
from kizuna.core.members.requests import Request


@require_GET
@same_for_visitors
def home(request: Request) -> HttpResponse:
    """Show the blocks that have something to say; a closed community shows visitors its door."""
    language = request.viewer.language
    if not request.viewer.audience_ids:
        door = {
            "name": community.name(language),
            "description": in_language(community.setting(keys.DESCRIPTION), language),
            "is_by_invitation": community.setting(keys.JOINING) == "invitation",
        }
        return render(request, "home/door.html", door)
    main, rail = blocks.rendered(request.viewer)
    words = {
        "main_blocks": SafeString("".join(main)),
        "rail_blocks": SafeString("".join(rail)),
        "heading": "" if request.viewer.is_member else in_language(community.setting(keys.TAGLINE), language),
        "description": in_language(community.setting(keys.DESCRIPTION), language),
        "canonical": absolute_url("/"),
    }
    return render_page(request, "home/home.html", flags={"has_rail": bool(rail)}, words=words)


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def brand(request: Request) -> HttpResponse:
    """Send the community's own hue and vividness. The address carries the site generation."""
    css = brand_css(hue=community.setting(keys.BRAND_HUE), chroma=community.setting(keys.BRAND_CHROMA))
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_GET
def counts(request: Request) -> JsonResponse:
    """Send the counters that pages ask for when they come to the front again."""
    response = JsonResponse(counts_for(request.viewer) if request.viewer.is_member else {})
    response.headers["Cache-Control"] = "private, no-store"
    return response
