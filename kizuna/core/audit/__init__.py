"""Who did, saw and took out what: an append-only log, chained by hash.

Doors: `actions.note`, `actions.note_viewing`, `actions.seal`; `queries.entries`, `queries.first_broken`. Pages: `core.privacy`.
"""
