"""Tags by their folded names: one tag for every spelling."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text.japanese import fold
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.community.screening import screen
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.counting import count_tags
from kizuna.engagement.discussions.actions.writing import stale, tidied
from kizuna.engagement.discussions.models import State, Tag, Topic, TopicTag
from kizuna.engagement.discussions.queries.counts import is_counted_for_all

MAX_TAGS = 5
MAX_TAG_LENGTH = 40


def cleaned_tags(*, viewer: Viewer, names: Iterable[str]) -> dict[str, str]:
    """Return {key: name} of the tags as written, or raise Refused at the field `tags`."""
    found: dict[str, str] = {}
    for name in names:
        name = " ".join(tidied(name).replace(",", " ").split()).lstrip("#＃")
        key = fold(name).strip()
        if not key:
            continue
        if len(name) > MAX_TAG_LENGTH or len(key) > 60:
            raise Refused(_("A tag has at most %(limit)d characters.") % {"limit": MAX_TAG_LENGTH}, field="tags")
        if screen(text=name, viewer=viewer).refused_for:
            raise Refused(_("The tag “%(tag)s” cannot be used here.") % {"tag": name}, field="tags")
        found.setdefault(key, name)
    if len(found) > MAX_TAGS:
        raise Refused(_("A topic has at most %(limit)d tags.") % {"limit": MAX_TAGS}, field="tags")
    return found


def tags_named(wanted: dict[str, str]) -> list[Tag]:
    """Return the tags with these keys, making those that are new."""
    if not wanted:
        return []
    known = {tag.key: tag for tag in Tag.objects.filter(key__in=wanted)}
    # In one order everywhere, so that two people who bring the same new tags never wait for each other.
    missing = [Tag(key=key, name=name) for key, name in sorted(wanted.items()) if key not in known]
    if missing:
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        known = {tag.key: tag for tag in Tag.objects.filter(key__in=wanted)}
    return [known[key] for key in wanted]


def put_tags(*, topic_id: int, tags: list[Tag]) -> None:
    """Give a topic tags. They are counted when the topic is seen."""
    if tags:
        TopicTag.objects.bulk_create([TopicTag(topic_id=topic_id, tag=tag) for tag in tags], ignore_conflicts=True)


@transaction.atomic
def tag_topic(*, viewer: Viewer, topic: Topic, tags: Iterable[str], now: datetime) -> None:
    """Replace the tags of a topic."""
    require(policies.can_tag(viewer, topic), _("You cannot change the tags of this topic."))
    wanted = cleaned_tags(viewer=viewer, names=tags)
    locked = Topic.objects.select_for_update().get(pk=topic.pk)
    new = tags_named(wanted)
    before = set(TopicTag.objects.filter(topic=topic).values_list("tag_id", flat=True))
    after = {tag.pk for tag in new}
    if before == after:
        return
    TopicTag.objects.filter(topic=topic, tag_id__in=before - after).delete()
    put_tags(topic_id=topic.pk, tags=[tag for tag in new if tag.pk not in before])
    if locked.state == State.VISIBLE and is_counted_for_all(locked):
        count_tags(tag_ids=before - after, change=-1)
        count_tags(tag_ids=after - before, change=1)
    topic.tags = [tag.name for tag in new]
    Topic.objects.filter(pk=topic.pk).update(tags=topic.tags, row_version=stale())
    indexing.reindex_topic(topic_id=topic.pk)
    record(activities.TOPIC_TAGGED, actor_id=viewer.member_id, object_type="topic", object_id=topic.pk, at=now)
    bump_generation(CONTENT)
