"""The activity log: one fact, one row, written in the transaction of the change.

Words: activity (a row), verb (its declared type), consumer (what must follow), rollup (counts per member, verb, day).
Doors: `types.ActivityType`, `actions.record`, `models.Activity`, `queries`.
"""
