"""Files that members attach: screened by content, images re-encoded, served only to those who may see them.

Words: file (a row and its bytes under media/ab/KEY), variant (a smaller copy of an image), attach (give it a place and an audience).
Doors: `actions.store`, `actions.attach`, `queries.files_visible_to`, `/f/KEY/NAME`, `lending.lent_url` for people without an account.
"""
