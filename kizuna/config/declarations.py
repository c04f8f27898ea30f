"""What higher apps declare to lower ones, by dotted name; `base.registry` resolves them, start-up proves each."""

DECLARATIONS: list[str] = [
    "kizuna.core.activity.rollups.REBUILD",
    "kizuna.core.community.declarations.DAY_ZONE",
]
