"""Customers: the company behind the member, its people and contracts, and everything that happened on one timeline.

Words: account (顧客), contact (先方担当者), employment, contract, purchase, owner (CS担当), touchpoint (接点), note, merge.
Doors: `models`, `queries`, `policies`, `actions`, `activities`; `matching` knows no database.
"""
