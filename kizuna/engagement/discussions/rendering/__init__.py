"""Viewer-independent HTML of posts and topic rows, stored in the rows per language, and its viewer's part.

Words: fragment (stored HTML), slot (a marked place in it), version (what it was made from; another one is stale), controls
(what one viewer may press). A page selects fragments, draws the stale ones again, and fills the slots in one pass.
Doors: `posts.fragments`, `rows.fragments`, `slots.fill`, `controls`.
"""
