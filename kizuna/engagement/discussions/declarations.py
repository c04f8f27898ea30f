"""What discussions offer to lower apps; listed in `config.declarations`."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import AudienceUse, Rebuild, Target
from kizuna.core.community.settings import in_language
from kizuna.engagement.discussions.actions.rebuilding import rebuild_counts, rebuild_search
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.engagement.discussions.queries import page_seen, targets

TOPICS_LISTED = 500

TOPIC = Target(
    name="topic",
    label=_("Topic"),
    visible=targets.visible_topics,
    url=targets.topic_url,
    title=targets.topic_title,
    excerpt=targets.topic_excerpt,
    material=targets.topic_material,
    seen=page_seen.seen_topics,
)
POST = Target(
    name="post",
    label=_("Post"),
    visible=targets.visible_posts,
    url=targets.post_url,
    title=targets.post_title,
    excerpt=targets.post_excerpt,
    seen=page_seen.seen_posts,
)
SEARCH = Rebuild(name="discussions.search", run=rebuild_search)
COUNTS = Rebuild(name="discussions.counts", run=rebuild_counts)


def audience_uses(*, language: str) -> Iterator[tuple[str, str, int]]:
    """Yield every space in use with its audience, for whoever arranges audiences."""
    for space in Space.objects.filter(is_archived=False).order_by("position", "id"):
        yield in_language(space.name, language), f"/s/{space.slug}/", space.audience_id


def topic_audience_uses(*, language: str) -> Iterator[tuple[str, str, int]]:
    """Yield the topics that have an audience of their own, the newest first."""
    narrowed = Topic.objects.filter(own_audience__isnull=False, state=State.VISIBLE).order_by("-id")
    for topic_id, title, audience_id in narrowed.values_list("id", "title", "own_audience_id")[:TOPICS_LISTED]:
        yield title, f"/t/{topic_id}/", audience_id


AUDIENCES = AudienceUse("spaces", _("Space"), audience_uses)
TOPIC_AUDIENCES = AudienceUse("topics", _("Topic"), topic_audience_uses)
