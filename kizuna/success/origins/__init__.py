"""Origins: through whom an account and a contract came, and what became of those who were referred.

Words: origin (紹介元), referrer. The report is a description: it counts, and says nothing of what would have happened anyway.
Doors: `models`, `queries`, `actions`, `activities`.
"""
