"""Usage: what customers do in the product, sent by the customer's own systems in Segment's wire format.

Words: usage event (a row of the lake), subject (a person or group by its external id), write key (a token that may send
usage), fold (a number of received events counted at once), refusal (an event not taken, with its reason).
Doors: `models`, `queries`, `policies`, `actions`; for the interface that receives: `wire`, `intake`. See docs/adr/0005-ingest.md.
"""
