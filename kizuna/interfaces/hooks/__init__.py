"""Doors at which other systems tell of what happened there: signed, limited, answered with problem documents.

Owns no rows. What is told goes to the action of the app it concerns: calls, chats.
"""
