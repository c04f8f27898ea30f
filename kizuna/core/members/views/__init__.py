"""Pages of members, by what they are about."""
