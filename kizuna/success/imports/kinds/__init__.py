"""The tables that can be brought: what a row of each means."""
