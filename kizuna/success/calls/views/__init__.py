"""Pages of calls, by who they are for."""
