"""What a hit of the visitors' page cache still has to tell: Django never sees it, but the view counts."""

import re

from kizuna.engagement.discussions.actions import count_view
from kizuna.engagement.knowledge.views import counting

VIEWED = re.compile(r"/(?P<place>t|k)/(?P<id>[0-9]{1,18})/")


def note_hit(path: str) -> None:
    """Count the view of a topic or an article that was served from the cache."""
    match = VIEWED.match(path)
    if match is None:
        return
    if match["place"] == "t":
        count_view(topic_id=int(match["id"]))
    else:
        counting.note(int(match["id"]))
