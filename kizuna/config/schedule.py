"""Periodic jobs: (job name, how often). Each slot fires once per community however many schedulers run."""

SCHEDULE: list[tuple[str, str]] = []
