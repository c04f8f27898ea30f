"""What higher apps declare to lower ones, by dotted name; `base.registry` resolves them, start-up proves each."""

DECLARATIONS: list[str] = [
    "kizuna.core.activity.rollups.REBUILD",
    "kizuna.core.community.declarations.DAY_ZONE",
    "kizuna.core.home.declarations.STUDIO",
    "kizuna.core.home.declarations.BRAND",
    "kizuna.core.home.declarations.OPENING",
    "kizuna.core.home.declarations.JOINING",
    "kizuna.core.home.declarations.WORDS",
    "kizuna.core.home.declarations.SYNONYMS",
    "kizuna.core.home.declarations.LINKS",
    "kizuna.engagement.discussions.notices.REPLIED",
    "kizuna.engagement.discussions.notices.MENTIONED",
    "kizuna.engagement.discussions.notices.ACCEPTED",
    "kizuna.engagement.discussions.notices.SOLVED_ASKED",
    "kizuna.engagement.discussions.notices.STATUS_CHANGED",
    "kizuna.engagement.discussions.notices.RELEASED",
    "kizuna.engagement.discussions.notices.REACHED_STAFF_TEXT",
    "kizuna.engagement.discussions.notices.HELD",
]
