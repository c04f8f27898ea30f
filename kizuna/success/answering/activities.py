"""What can happen when many are answered together. Numbers only, never words."""

from kizuna.core.activity.types import ActivityType

BATCH_MADE = ActivityType("answer_batch.made", "Several inquiries are answered together.", {"items": int, "about": int})
BATCH_TAKEN_BACK = ActivityType("answer_batch.taken_back", "An answer to several was taken back.", {"items": int})
SIMILAR_REMOVED = ActivityType(
    "similar_inquiry.removed", "Somebody said that an inquiry asks something else.", {"other": int}
)
GROUP_WRITTEN_UP = ActivityType(
    "similar_inquiry.written_up",
    "What many asked became an article or a question of the community.",
    {"article": int, "topic": int, "count": int},
)
