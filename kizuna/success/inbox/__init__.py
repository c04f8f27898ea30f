"""Inbox: what customers ask us, wherever they ask it.

Words: inquiry (問い合わせ), message, owner (担当), due. Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
