"""Service board: how fast and how well customers are answered, counted from the inbox.

Words: figures (one row per inquiry with what it is counted by), span (days of the community, the last one not in it), share.
Doors: `models`, `queries`, `policies`, `actions`.
"""
