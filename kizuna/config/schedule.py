"""Periodic jobs: (job name, how often). Each slot fires once per community however many schedulers run."""

SCHEDULE: list[tuple[str, str]] = [
    ("activity.roll_up", "every 1h"),
    ("jobs.prune", "every 1h"),
    ("audit.seal", "every 1m"),
    ("discussions.tell_staff", "every 5m"),
    ("api.forget_old_keys", "every 6h"),
    ("discussions.ask_if_solved", "every 1h"),
    ("notifications.prune", "daily 03:40 Asia/Tokyo"),
    ("members.forget", "every 1h"),
    ("members.refresh_audiences", "every 1m"),
    ("members.refresh_clocked_audiences", "every 1h"),
    ("privacy.tidy", "every 1h"),
    ("search.encode", "every 10m"),
    ("search.forget", "daily 03:20 Asia/Tokyo"),
    ("customers.turn_day", "daily 00:10 Asia/Tokyo"),
    ("imports.tidy", "daily 04:20 Asia/Tokyo"),
    ("files.remove_unattached", "every 1h"),
    ("usage.fold", "every 1m"),
    ("usage.look_at_accounts", "daily 01:10 Asia/Tokyo"),
    ("tasks.tell_due", "daily 08:00 Asia/Tokyo"),
    ("effort.flag_forgotten", "every 30m"),
]
