"""Kizuna: customer community and customer success as one system (map: docs/architecture.md)."""
