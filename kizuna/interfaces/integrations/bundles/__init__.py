"""A whole community as one file.

`export` and `import` speak an engine-neutral form (rows as JSON lines, ids kept), to move between SQLite, PostgreSQL and
installations. `backup` and `restore` use the engine's own form: exact, faster, same engine only.
"""
