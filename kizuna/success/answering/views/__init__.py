"""Pages of the Desk."""
