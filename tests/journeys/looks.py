"""A page as it stands in the browser: what axe says of it, and whether it scrolls sideways, in one look after another."""

from collections.abc import Iterable
from contextlib import closing
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.test_axe import LOOKS, TAGS


def fine(page) -> None:
    """Assert that the page, with all that unfolds in it, has no finding and no sideways scrolling."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    said = [(item["id"], [node["target"] for node in item["nodes"]][:4]) for item in found]
    if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
        said.append(("scrolls sideways", []))
    assert not said, f"{page.url}: {said}"


def fine_in(page, *looks: tuple[int, str, str]) -> None:
    """Assert the same in other looks; the page comes back as it was. Only another language needs it loaded again."""
    shown = LOOKS[0][2]
    for look in [*looks, LOOKS[0]]:
        _wear(page, look)
        if look[2] != shown:
            page.reload()
            shown = look[2]
        if look in looks:
            fine(page)


def _wear(page, look: tuple[int, str, str]) -> None:
    width, scheme, lang = look
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.context.add_cookies([{"name": "lang", "value": lang, "url": page.url}])


def walk(page, site, paths: Iterable[str]) -> None:
    """Open every path, each in the next look."""
    for place, path in enumerate(paths):
        _wear(page, LOOKS[place % len(LOOKS)])
        assert page.goto(site.url + path).status == 200, path
        fine(page)


@pytest.fixture
def inside(site, communities, django_db_blocker):
    """Return a function that runs something in the community beside the server, as a command would."""
    from django.db import connection

    from kizuna.base.hosting import entered

    def run(act: Any) -> Any:
        with django_db_blocker.unblock(), entered(communities["sakura"]), closing(connection):
            return act()

    return run
