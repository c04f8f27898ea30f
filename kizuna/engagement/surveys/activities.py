"""What can happen to surveys."""

from kizuna.core.activity.types import ActivityType

SURVEY_MADE = ActivityType("survey.made", "A survey was made.", {})
SURVEY_ANSWERED = ActivityType("survey.answered", "A survey was answered.", {"survey": int, "score": int})
SURVEY_CORRECTED = ActivityType(
    "survey.corrected", "An answer to a survey was corrected.", {"survey": int, "fields": str}
)
