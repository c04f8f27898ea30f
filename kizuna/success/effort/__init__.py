"""Effort: the hours the team spends, by function and kind of touch, measured by hand, by timer or from a source.

Words: effort (工数), function (機能), touch type, timer, week (closed and reopened), derived, offer.
Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
