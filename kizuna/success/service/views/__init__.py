"""Pages of the service board."""
