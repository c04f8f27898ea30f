"""Modules whose functions marked `@job` are the installation's jobs; start-up proves that every name resolves."""

JOBS: list[str] = []
