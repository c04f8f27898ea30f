"""Pages of testimonials."""
