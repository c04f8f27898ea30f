"""Template libraries of the components."""
