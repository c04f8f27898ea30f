"""What discussions offer to lower apps; listed in `config.declarations`."""

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Rebuild, Target
from kizuna.engagement.discussions.actions.leaving import forget_member
from kizuna.engagement.discussions.actions.rebuilding import rebuild_counts, rebuild_search
from kizuna.engagement.discussions.queries import targets

TOPIC = Target(
    name="topic",
    label=_("Topic"),
    visible=targets.visible_topics,
    url=targets.topic_url,
    title=targets.topic_title,
    excerpt=targets.topic_excerpt,
    material=targets.topic_material,
    erase=forget_member,
)
POST = Target(
    name="post",
    label=_("Post"),
    visible=targets.visible_posts,
    url=targets.post_url,
    title=targets.post_title,
    excerpt=targets.post_excerpt,
    export=targets.posts_written_by,
)
SEARCH = Rebuild(name="discussions.search", run=rebuild_search)
COUNTS = Rebuild(name="discussions.counts", run=rebuild_counts)
