"""What can happen to articles."""

from kizuna.core.activity.types import ActivityType

CHANNEL = "community"

ARTICLE_PUBLISHED = ActivityType("article.published", "An article was published.", {"kind": str, "source": int})
ARTICLE_CHANGED = ActivityType("article.changed", "A published article was changed.", {"kind": str})
ARTICLE_ARCHIVED = ActivityType("article.archived", "An article was taken out of sight.", {"kind": str})
ARTICLE_REVIEWED = ActivityType("article.reviewed", "An article was looked through and kept.", {})
ARTICLE_RATED = ActivityType(
    "article.rated", "A reader said whether an article solved it.", {"is_solved": bool, "reason": str}, channel=CHANNEL
)
