"""What follows for articles."""

from datetime import timedelta

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.engagement.knowledge.models import Article


def review_when_source_changes(*, activity: Activity) -> None:
    """An edited post may have been the answer an article was made from: it is due for a look the next day."""
    due = (activity.at + timedelta(days=1)).date()
    sources = Article.objects.filter(
        source_type="topic", source_id=activity.props.get("topic"), state=Article.State.PUBLISHED
    )
    sources.exclude(review_on__lt=due).update(review_on=due)


REVIEW = Consumer("knowledge.review_when_source_changes", ["post.edited"], review_when_source_changes)
