"""Imports: tables of customers, contracts, purchases and more, planned before they are written, and taken back when asked.

Words: run (取り込み), kind (of table), plan, bad row (直す行), ledger. Doors: `running`, `queries`, `actions`, `records`.
"""
