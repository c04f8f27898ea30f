"""Encounters: calls, meetings and mails with a customer that somebody of the team writes down.

Words: encounter (応対), call (電話), meeting (打ち合わせ), mail (メール). What other systems bring has its own source and its own channel.
Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
