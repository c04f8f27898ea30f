"""What every app's `api.py` shares: pages of lists, whole addresses. `interfaces.api` puts the apps' routers together.

Doors: paging, addresses, inputs, moments.
"""
