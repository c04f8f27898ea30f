"""Testimonials: what members say of us, shown where and as long as they agree, and gone when they take it back.

Words: testimonial (お客さまの声), place (community, site, sales material), consent with its wording.
Doors: `models`, `queries`, `policies`, `actions`, `activities`.
"""
