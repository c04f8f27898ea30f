"""Measurements of the running product: `kizuna bench NAME`. Numbers, never pass or fail."""
