"""Webhooks: activities told to the company's other systems by Standard Webhooks (docs/adr/0016-webhooks.md).

Owns endpoints, deliveries and their attempts. Words: endpoint, delivery, attempt. Doors: actions, queries, `/studio/webhooks/`.
"""
