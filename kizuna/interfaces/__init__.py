"""See docs/architecture.md, "Layers"."""
