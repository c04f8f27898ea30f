"""Telephone calls: told by telephone systems or written down by hand, whose number it was, and what follows.

Words: call (電話), missed call (不在着信), source (電話システム: a telephone system that tells of calls). What was said in a call
with a customer is an encounter; this app adds the line's facts and turns what nobody took into an inquiry.
Doors: `models`, `queries`, `policies`, `actions`, `activities`, `events`.
"""
