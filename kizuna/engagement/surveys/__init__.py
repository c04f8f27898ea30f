"""Surveys: what people answer when they are asked, and how sure a figure from it is.

Words: survey (アンケート), response (回答), NPS. Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
