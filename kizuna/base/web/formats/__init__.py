"""How days and times are written, in one place for each language: pages, mails and exports for people use these.

Django's date filter and `date_format` know them by name; `base.components.leaves` draws moments with them.
"""
