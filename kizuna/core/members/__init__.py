"""Members: who signs in and acts, what they may do (roles) and see (audiences).

Words: member, handle, role grant, audience, viewer, sign-in, invitation, terms, consent, token.
Doors: `models`, `viewer.Viewer`, `queries`, `policies`, `actions`.
"""
