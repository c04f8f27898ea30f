"""A person's rights: copies, erasures and their tombstones, requests with a deadline, consents; and the pages of the audit log.

What is personal is declared by the apps (`base.registry.personal`); this app walks the declarations.
"""
