"""Receives product usage in Segment's wire format, in front of Django and without a database write (docs/usage.md)."""
