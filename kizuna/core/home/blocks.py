"""The blocks of the home page. Those that are the same for an audience set are kept until the content changes."""

from kizuna.base import hosting
from kizuna.base.registry import HomeBlock, of
from kizuna.core.community import queries as community
from kizuna.core.members.viewer import Viewer

BLOCKS_KEPT = 400


def rendered(viewer: Viewer) -> tuple[list[str], list[str]]:
    """Return the HTML of the main and the side blocks; silent ones are left out."""
    main, rail = [], []
    for block in of(HomeBlock):
        html = block.render(viewer=viewer, language=viewer.language) if block.per_viewer else _kept(block, viewer)
        if html:
            (rail if block.position == "rail" else main).append(html)
    return main, rail


def _kept(block: HomeBlock, viewer: Viewer) -> str:
    generation = (community.site_generation(), community.content_generation())
    caches = hosting.current().caches
    kept = caches.get("blocks")
    if kept is None or kept[0] != generation or len(kept[1]) > BLOCKS_KEPT:
        kept = caches["blocks"] = (generation, {})
    key = (block.name, viewer.language, viewer.audience_key, viewer.is_member)
    if key not in kept[1]:
        kept[1][key] = block.render(viewer=viewer, language=viewer.language)
    return kept[1][key]
