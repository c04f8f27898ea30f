"""Customers in the REST API: accounts, next steps, contacts, contracts, purchases, cancellations and notes, for those with the desk.

Fields that an owner hid from the token's role are null in answers and refused in what is sent.
"""

from ninja import Router

from kizuna.success.customers.api import accounts, cancellations, contacts, contracts, notes, past, purchases, steps

router = Router(tags=["customers"])
for part in (accounts, past, contacts, contracts, purchases, cancellations, notes, steps):
    router.add_router("", part.router)
