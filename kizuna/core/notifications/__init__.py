"""The one door to a person: what they are told, in the product and by mail.

Words: notification, recipient, consent, stop, preference, outgoing mail, attempt.
Doors: `actions.notify`, `actions.mark_read`, `queries.unread_count`, `texts.Notice`, `models`.
"""
