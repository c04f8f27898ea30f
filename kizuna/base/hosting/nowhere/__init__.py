"""The database of no community: it has no tables, no connection, and every query on it raises NoCommunity."""
