"""What higher apps declare to lower ones, by dotted name; `base.registry` resolves them, start-up proves each."""

DECLARATIONS: list[str] = []
