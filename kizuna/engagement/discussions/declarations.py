"""What discussions offer to lower apps; listed in `config.declarations`."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AudienceUse, Rebuild, Target
from kizuna.core.community.settings import in_language
from kizuna.engagement.discussions.actions.rebuilding import rebuild_counts, rebuild_search
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.discussions.queries import targets

TOPIC = Target(
    name="topic",
    label=_("Topic"),
    visible=targets.visible_topics,
    url=targets.topic_url,
    title=targets.topic_title,
    excerpt=targets.topic_excerpt,
    material=targets.topic_material,
)
POST = Target(
    name="post",
    label=_("Post"),
    visible=targets.visible_posts,
    url=targets.post_url,
    title=targets.post_title,
    excerpt=targets.post_excerpt,
)
SEARCH = Rebuild(name="discussions.search", run=rebuild_search)
COUNTS = Rebuild(name="discussions.counts", run=rebuild_counts)


def audience_uses(*, language: str) -> Iterator[tuple[str, str, int]]:
    """Yield every space in use with its audience, for whoever arranges audiences."""
    for space in Space.objects.filter(is_archived=False).order_by("position", "id"):
        yield in_language(space.name, language), f"/s/{space.slug}/", space.audience_id


AUDIENCES = AudienceUse("spaces", _("Space"), audience_uses)
