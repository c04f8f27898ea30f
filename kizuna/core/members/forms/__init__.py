"""Forms of members: shape only; the rules are in actions and policies."""
