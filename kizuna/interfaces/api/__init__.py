"""The REST API: puts the apps' routers together behind one entrance — tokens, limits, idempotency, problems.

Doors: `urls`.
"""
