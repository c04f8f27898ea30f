"""The widget: help inside the company's own product or site, by one script.

Its pages are other origins: who asks is told by a short token of ours, never by a cookie (ADR 20).
"""
