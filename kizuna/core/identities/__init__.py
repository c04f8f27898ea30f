"""Sign-in with the company's own accounts: providers, identities, proven domains, the directory (ADR 15).

Words: provider (who says who somebody is), identity (provider and subject), directory (SCIM). Doors: `actions`, `queries`.
"""
