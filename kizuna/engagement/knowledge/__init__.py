"""Knowledge: articles and FAQ that staff keep, made from solved questions and from what people searched in vain.

Words: article, FAQ (kind), category, revision, owner, review date, feedback (解決した／しない).
Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
