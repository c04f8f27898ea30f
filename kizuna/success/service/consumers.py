"""What follows for the service board: inquiries are counted again, later contacts after the form are recorded."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.engagement.discussions import activities as discussions
from kizuna.engagement.discussions.models import Post, Topic
from kizuna.success.inbox import activities as inbox
from kizuna.success.inbox.models import Inquiry
from kizuna.success.service import actions


def count(*, activity: Activity) -> None:
    """Count an inquiry to which something happened."""
    actions.count_inquiry(inquiry_id=activity.object_id or 0)


def count_topic(*, activity: Activity) -> None:
    """Count the inquiries of a topic in which somebody wrote, or that was solved."""
    post = Post.objects.filter(pk=activity.object_id or 0).first()
    if post is None:
        return
    posts = Post.objects.filter(topic_id=post.topic_id).values("pk")
    of_topic = Inquiry.objects.filter(source_type="topic", source_id=post.topic_id)
    of_posts = Inquiry.objects.filter(source_type="post", source_id__in=posts)
    for inquiry_id in [*of_topic.values_list("pk", flat=True), *of_posts.values_list("pk", flat=True)]:
        actions.count_inquiry(inquiry_id=inquiry_id)


def follow(*, activity: Activity) -> None:
    """Record that somebody asked again after a question at the form."""
    found = Inquiry.objects.filter(pk=activity.object_id or 0).first()
    if found is not None:
        actions.follow_inquiry(inquiry=found)


def follow_topic(*, activity: Activity) -> None:
    """Record that somebody asked in the community after a question at the form."""
    found = Topic.objects.filter(pk=activity.object_id or 0, space__kind="question").first()
    if found is not None:
        actions.follow_topic(topic=found)


FIGURES = Consumer(
    "service.count",
    (
        inbox.INQUIRY_OPENED, inbox.INQUIRY_CHANGED, inbox.INQUIRY_RECEIVED, inbox.INQUIRY_REPLIED,
        inbox.INQUIRY_CLOSED, inbox.INQUIRY_REOPENED, inbox.INQUIRY_HANDED, inbox.INQUIRY_RETURNED,
    ),
    count,
    historical=True,
)  # fmt: skip
TOPICS = Consumer("service.count_topic", (discussions.POST_REPLIED, discussions.ANSWER_ACCEPTED), count_topic)
LATER = Consumer("service.follow", (inbox.INQUIRY_OPENED,), follow)
LATER_TOPICS = Consumer("service.follow_topic", (discussions.TOPIC_POSTED,), follow_topic)
