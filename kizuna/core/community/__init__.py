"""The community itself: its name, brand, settings, word rules and its generations (what caches hang on).

Doors: `models`, `queries.settings_of`, `actions.change_setting`, `actions.bump_generation`, `actions.screen`.
"""
