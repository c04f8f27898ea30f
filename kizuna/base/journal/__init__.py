"""A durable append-only journal in a folder: what `append` has returned for survives kill -9 and a power cut.

Words: segment (one file of lines), group (what one fsync makes durable).
Doors: `Journal` (writing, one per process and folder), `finished`, `whole_lines`, `backlog_bytes` (reading).
No Django and no community in here.
"""

from kizuna.base.journal.segments import backlog_bytes, finished, last_lines, whole_lines
from kizuna.base.journal.writer import Journal, NotWritten, Overloaded

__all__ = ["Journal", "NotWritten", "Overloaded", "backlog_bytes", "finished", "last_lines", "whole_lines"]
