"""Discussions: spaces, topics and posts; questions with accepted answers, announcements and ideas are kinds of a space.

Words: space, topic, post, reaction, accepted answer, follow, bookmark, draft, members-first.
Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
